"""The peer servers. Their programs are in `peers`. A peer that cannot be installed here is skipped with the reason."""

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

from bench.processes import free_port, running
from bench.stream.server import MeasuredServer, Start, publish_by_post

PROGRAMS = Path(__file__).parent / "peers"
APT_INSTALL = Path(__file__).parents[2] / "tools/apt-install.sh"
NGINX = Path("/usr/sbin/nginx")
NCHAN = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")


@dataclass(frozen=True)
class Peer:
    """A server of another project. `missing` tries to install it, and returns the reason if that failed."""

    name: str
    start: Start
    missing: Callable[[], str | None]


@asynccontextmanager
async def queue_per_client() -> AsyncIterator[MeasuredServer]:
    """Start FastAPI and sse-starlette with a queue per client."""
    port = free_port()
    with running(sys.executable, str(PROGRAMS / "queue_per_client.py"), str(port), port=port) as process:
        yield MeasuredServer(port, "/sub", process.pid, publish_by_post(port))


@asynccontextmanager
async def nchan() -> AsyncIterator[MeasuredServer]:
    """Start nginx with nchan."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        # The worker of nginx runs as another user and needs to enter the directory.
        os.chmod(folder, 0o755)
        config = Path(folder) / "nginx.conf"
        config.write_text((PROGRAMS / "nchan.conf").read_text().replace("FOLDER", folder).replace("PORT", str(port)))
        with running(str(NGINX), "-c", str(config), "-p", folder, port=port) as process:
            yield MeasuredServer(port, "/sub", _only_child(process.pid), publish_by_post(port))


def _only_child(pid: int) -> int:
    """Return the process id of nginx's only worker, which may start after its port is open."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    deadline = time.monotonic() + 30
    while not (found := children.read_text().split()):
        if time.monotonic() > deadline:
            raise RuntimeError("nginx has no worker")
        time.sleep(0.01)
    return int(found[0])


def node(script: str) -> Start:
    """Return a starter of a server on Node."""

    @asynccontextmanager
    async def start() -> AsyncIterator[MeasuredServer]:
        port = free_port()
        with running("node", str(PROGRAMS / script), str(port), port=port) as process:
            yield MeasuredServer(port, "/sub", process.pid, publish_by_post(port))

    return start


@cache
def missing_nchan() -> str | None:
    """Install nchan if necessary. Return the reason if it is missing."""
    if NCHAN.exists() and NGINX.exists():
        return None
    _run(str(APT_INSTALL), "nginx-light", "libnginx-mod-nchan")
    if NCHAN.exists() and NGINX.exists():
        return None
    return "Debian's libnginx-mod-nchan is not installed, and could not be"


@cache
def missing_node() -> str | None:
    """Install Node and the packages of the peers if necessary. Return the reason if something is missing."""
    if not (shutil.which("node") and shutil.which("npm")):
        _run(str(APT_INSTALL), "nodejs", "npm")
    if not (shutil.which("node") and shutil.which("npm")):
        return "node and npm are not installed, and could not be"
    error = _run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", cwd=PROGRAMS)
    return f"npm ci failed: {error}" if error is not None else None


def _run(*command: str, cwd: Path | None = None) -> str | None:
    """Run a command. Return the last line of its output if it failed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return None
    return (done.stderr or done.stdout or "(no output)").strip().splitlines()[-1]


PEERS = (
    Peer("queue per client", queue_per_client, lambda: None),
    Peer("nginx nchan", nchan, missing_nchan),
    Peer("node express", node("express.cjs"), missing_node),
    Peer("node better-sse", node("better_sse.cjs"), missing_node),
)
