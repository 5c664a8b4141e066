"""A uvicorn server inside of a running event loop that leaves the signals to the service."""

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
import uvicorn
from anyio import TASK_STATUS_IGNORED
from anyio.abc import TaskStatus

from cinestream_flow.message import Message

log = structlog.get_logger("runtime")


class EmbeddedServer(uvicorn.Server):
    """A uvicorn server that handles no signals. Set `should_exit` to end it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave all signals to the lifecycle of the service."""
        yield


def bind(host: str, port: int, *, setting: str, shared: bool = False) -> socket.socket:
    """Return a socket that is bound to an address.

    Args:
        host: IPv4 or IPv6 address, or a host name.
        port: Port number.
        setting: Name of the setting for the port, for the error message.
        shared: True lets several sockets of one user have the same port. The system distributes new connections among
            those that listen.

    Raises:
        SystemExit: The port cannot be used. The message names the setting to change.
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
        where = {"port": port, "host": host, "setting": setting}
        if error.errno == errno.EADDRINUSE:
            raise SystemExit(Message("port {port} on {host} is taken: set {setting} to another one", **where)) from None
        raise SystemExit(
            Message(
                "port {port} on {host} cannot be used ({error}): set {setting} to another one",
                error=error.strerror,
                **where,
            )
        ) from None
    return sock


async def serve(
    server: EmbeddedServer, sock: socket.socket, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED
) -> None:
    """Serve on a bound socket until `server.should_exit` is set. Report as started when connections are accepted."""
    sock.listen(4096)
    task_status.started()
    await server.serve(sockets=[sock])


def server(app: Any, **options: Any) -> EmbeddedServer:
    """Return a server for an ASGI application with uvicorn's fast HTTP parser and without logs of uvicorn."""
    defaults: dict[str, Any] = {"http": "httptools", "log_config": None, "access_log": False, "lifespan": "off"}
    return EmbeddedServer(uvicorn.Config(app, **{**defaults, **options}))
