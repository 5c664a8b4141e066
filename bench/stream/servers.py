"""Our server and the peers: how each is started, where it streams, and how an event gets into it."""

import contextlib
import http.client
import logging
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import anyio
import structlog
from bench.stream.events import film

from cinestream.bus.declare import TopologySettings, declare
from cinestream.bus.jetstream import Bus

PEERS = Path(__file__).parent / "peers"
SCRIPTS = Path(sysconfig.get_path("scripts"))
NCHAN = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running server. `publish` sends the events with these numbers, as fast as it can."""

    port: int
    path: str
    pid: int
    publish: Callable[[range], Awaitable[None]]

    def cpu(self) -> float:
        """Seconds of CPU that it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    def memory(self) -> int:
        """Bytes of memory that it holds."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def free_port() -> int:
    """A port that nothing listens on at this moment."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextlib.contextmanager
def running(*command: str, port: int, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command until the block ends, from when its port answers."""
    process = subprocess.Popen(command, env=os.environ | environment)
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                time.sleep(0.02)
        else:
            raise RuntimeError(f"{command[0]} did not start")
        yield process
    finally:
        process.terminate()
        process.wait(10)


@asynccontextmanager
async def ours() -> AsyncIterator[Server]:
    """cinestream-stream-api, one worker, behind a nats-server."""
    port, ops, broker = free_port(), free_port(), free_port()
    url = f"nats://127.0.0.1:{broker}"
    with tempfile.TemporaryDirectory() as store:
        nats = (str(SCRIPTS / "nats-server"), "-js", "-sd", store, "-p", str(broker), "-a", "127.0.0.1")
        with running(*nats, "-l", f"{store}/log", port=broker):
            bus = await Bus.connect(url, name="bench")
            structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
            await declare(bus, TopologySettings())
            settings = {
                "CINESTREAM_NATS_URL": url,
                "CINESTREAM_STREAM_PORT": str(port),
                "CINESTREAM_OPS_PORT": str(ops),
                "CINESTREAM_LOG_LEVEL": "error",
            }
            with running(str(SCRIPTS / "cinestream-stream-api"), port=port, **settings) as process:

                async def publish_one(number: int) -> None:
                    movie = film(number)
                    await bus.publish(movie.subject, movie.encode(page_time=datetime.now(UTC)))

                async def publish(numbers: range) -> None:
                    async with anyio.create_task_group() as group:
                        for number in numbers:
                            group.start_soon(publish_one, number)

                yield Server(port, "/api/movies/stream", process.pid, publish)
            await bus.close()


def _posting(port: int) -> Callable[[range], Awaitable[None]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def post(numbers: range) -> None:
        for number in numbers:
            body = film(number).model_dump_json().encode()
            connection.request("POST", "/pub", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            if answer.status >= 300:
                raise RuntimeError(f"the peer answered {answer.status}")

    async def publish(numbers: range) -> None:
        await anyio.to_thread.run_sync(post, numbers)

    return publish


@asynccontextmanager
async def queue_per_client() -> AsyncIterator[Server]:
    """FastAPI and sse-starlette, a queue per client."""
    port = free_port()
    with running(sys.executable, str(PEERS / "queue_per_client.py"), str(port), port=port) as process:
        yield Server(port, "/sub", process.pid, _posting(port))


@asynccontextmanager
async def nchan() -> AsyncIterator[Server]:
    """Nginx with nchan."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        config = Path(folder) / "nginx.conf"
        config.write_text((PEERS / "nchan.conf").read_text().replace("FOLDER", folder).replace("PORT", str(port)))
        with running("/usr/sbin/nginx", "-c", str(config), "-p", folder, port=port) as process:
            yield Server(port, "/sub", _only_child(process.pid), _posting(port))


def _only_child(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def _install(script: str, folder: str) -> None:
    shutil.copy(PEERS / script, folder)
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "express@5", "better-sse@0.15"]
    subprocess.run(install, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def node(script: str) -> Callable[[], contextlib.AbstractAsyncContextManager[Server]]:
    """A server of Node, its packages installed into a temporary folder."""

    @asynccontextmanager
    async def start() -> AsyncIterator[Server]:
        port = free_port()
        with tempfile.TemporaryDirectory() as folder:
            _install(script, folder)
            with running("node", f"{folder}/{script}", str(port), port=port) as process:
                yield Server(port, "/sub", process.pid, _posting(port))

    return start


def available() -> dict[str, Callable[[], contextlib.AbstractAsyncContextManager[Server]]]:
    """The servers that can be started on this machine, ours first."""
    servers: dict[str, Callable[[], contextlib.AbstractAsyncContextManager[Server]]] = {
        "cinestream": ours,
        "queue per client": queue_per_client,
    }
    if NCHAN.exists():
        servers["nginx nchan"] = nchan
    if shutil.which("npm"):
        servers |= {"node express": node("express.cjs"), "node better-sse": node("better_sse.cjs")}
    return servers
