"""Serving an ASGI application inside a running event loop, without uvicorn taking the signals."""

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
import uvicorn
from anyio import TASK_STATUS_IGNORED
from anyio.abc import TaskStatus

log = structlog.get_logger("runtime")


class EmbeddedServer(uvicorn.Server):
    """A uvicorn server that leaves the signals to the service's lifecycle. Set `should_exit` to end it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def bind(host: str, port: int, *, setting: str, shared: bool = False) -> socket.socket:
    """Bind a listening socket, or exit with one sentence that names the setting to change.

    Several `shared` sockets of one user can have the same port: the system spreads connections among those that listen.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        cure = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise SystemExit(f"port {port} on {host} {cure}: set {setting} to another one") from None
    return sock


async def serve(
    server: EmbeddedServer, sock: socket.socket, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED
) -> None:
    """Serve on a bound socket until `server.should_exit`; started once connections are accepted."""
    sock.listen(4096)
    task_status.started()
    await server.serve(sockets=[sock])


def server(app: Any, **options: Any) -> EmbeddedServer:
    """A server for `app` with the fast loop and parser, and no logs of its own."""
    defaults: dict[str, Any] = {"http": "httptools", "log_config": None, "access_log": False, "lifespan": "off"}
    return EmbeddedServer(uvicorn.Config(app, **{**defaults, **options}))
