"""A uvicorn server inside of a running event loop that leaves the signals to the service."""

import asyncio
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from anyio import TASK_STATUS_IGNORED
from anyio.abc import TaskStatus

from cinestream.runtime.http.connections import Connections
from cinestream.runtime.http.hosts import HostCheck, HostRule
from cinestream.runtime.http.limits import Limits
from cinestream.runtime.http.problem import SECURITY, STRICT_POLICY
from cinestream.runtime.http.protocol import LimitedProtocol

_TICKS_PER_SECOND = 10  # uvicorn's
_BACKLOG = 4096


def _is_no_shutdown(record: logging.LogRecord) -> bool:
    """Return False for the traceback of a request that the end of the service has cut short, which is no error."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


logging.getLogger("uvicorn.error").addFilter(_is_no_shutdown)


class EmbeddedServer(uvicorn.Server):
    """A uvicorn server with limits that handles no signals. Set `should_exit` to end it."""

    def __init__(self, config: uvicorn.Config, state: Connections) -> None:
        super().__init__(config)
        self.server_state = self._connections = state

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave all signals to the lifecycle of the service."""
        yield

    async def on_tick(self, counter: int) -> bool:
        """Report the connections each second."""
        if counter % _TICKS_PER_SECOND == 0:
            self._connections.report()
        return await super().on_tick(counter)


async def serve(
    server: EmbeddedServer, sock: socket.socket, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED
) -> None:
    """Serve on a bound socket until `server.should_exit` is set. Report as started when connections are accepted."""
    sock.listen(_BACKLOG)
    task_status.started()
    await server.serve(sockets=[sock])


def server(
    app: Any,
    *,
    name: str,
    hosts: HostRule,
    limits: Limits | None = None,
    protocol: type[LimitedProtocol] = LimitedProtocol,
    pages: bool = False,
) -> EmbeddedServer:
    """Return a server for an ASGI application, with uvicorn's fast HTTP parser and without logs of uvicorn.

    Args:
        app: The ASGI application.
        name: Name of the server in metrics.
        hosts: The host names that it answers to.
        limits: The limits of its connections.
        protocol: The protocol of a connection.
        pages: True if the application sets its content security policies. Otherwise all answers get the strict one.
    """
    limits = limits or Limits()
    config = uvicorn.Config(
        app if hosts.any else HostCheck(app, hosts, STRICT_POLICY if pages else []),
        interface="asgi3",
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        # uvicorn would replace the peer's address by a header. stream-api trusts only the listed proxies.
        proxy_headers=False,
        headers=SECURITY if pages else [*SECURITY, *STRICT_POLICY],
        backlog=_BACKLOG,
        timeout_keep_alive=limits.idle_seconds,  # type: ignore[arg-type] # it takes fractions as well
        # Streams have ended when uvicorn shuts down, so only short requests are left.
        timeout_graceful_shutdown=1,
    )
    return EmbeddedServer(config, Connections(name, limits))
