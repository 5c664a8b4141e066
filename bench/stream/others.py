"""The peers (their programs are in `peers`): each is installed where that is possible, else skipped with the reason."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.stream.servers import Server, Start, free_port, posting, running

PEERS = Path(__file__).parent / "peers"
APT_INSTALL = Path(__file__).parents[2] / "tools/apt-install.sh"
NGINX = Path("/usr/sbin/nginx")
NCHAN = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")


@dataclass(frozen=True)
class Peer:
    """A server by somebody else; `missing` says what keeps it from running here, after trying to install it."""

    name: str
    start: Start
    missing: Callable[[], str | None]


@asynccontextmanager
async def queue_per_client() -> AsyncIterator[Server]:
    """FastAPI and sse-starlette, a queue per client."""
    port = free_port()
    with running(sys.executable, str(PEERS / "queue_per_client.py"), str(port), port=port) as process:
        yield Server(port, "/sub", process.pid, posting(port))


@asynccontextmanager
async def nchan() -> AsyncIterator[Server]:
    """Nginx with nchan."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        config = Path(folder) / "nginx.conf"
        config.write_text((PEERS / "nchan.conf").read_text().replace("FOLDER", folder).replace("PORT", str(port)))
        with running(str(NGINX), "-c", str(config), "-p", folder, port=port) as process:
            yield Server(port, "/sub", _only_child(process.pid), posting(port))


def _only_child(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    deadline = time.monotonic() + 30
    while not (found := children.read_text().split()):  # its port answers before it has one
        if time.monotonic() > deadline:
            raise RuntimeError("nginx has no worker")
        time.sleep(0.01)
    return int(found[0])


def node(script: str) -> Start:
    """A server on Node."""

    @asynccontextmanager
    async def start() -> AsyncIterator[Server]:
        port = free_port()
        with running("node", str(PEERS / script), str(port), port=port) as process:
            yield Server(port, "/sub", process.pid, posting(port))

    return start


@cache
def no_nchan() -> str | None:
    """Why nchan cannot run."""
    if NCHAN.exists() and NGINX.exists():
        return None
    _try(str(APT_INSTALL), "nginx-light", "libnginx-mod-nchan")
    return (
        None if NCHAN.exists() and NGINX.exists() else "Debian's libnginx-mod-nchan is not installed, and could not be"
    )


@cache
def no_node() -> str | None:
    """Why the peers on Node cannot run."""
    if not (shutil.which("node") and shutil.which("npm")):
        _try(str(APT_INSTALL), "nodejs", "npm")
    if not (shutil.which("node") and shutil.which("npm")):
        return "node and npm are not installed, and could not be"
    trouble = _try("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", cwd=PEERS)
    return f"npm ci failed: {trouble}" if trouble is not None else None


def _try(*command: str, cwd: Path | None = None) -> str | None:
    """Run a command; what it said last if it failed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return None
    return (done.stderr or done.stdout or "without a word").strip().splitlines()[-1]


OTHERS = (
    Peer("queue per client", queue_per_client, lambda: None),
    Peer("nginx nchan", nchan, no_nchan),
    Peer("node express", node("express.cjs"), no_node),
    Peer("node better-sse", node("better_sse.cjs"), no_node),
)
