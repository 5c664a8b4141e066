"""The server process of the site."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
from types import FrameType

import uvicorn

from cinestream_demo.site.site import DemoSite
from cinestream_flow.message import Message

SHUTDOWN_SECONDS = 1
"""Seconds that unfinished responses have after SIGTERM."""
BACKLOG = 2048
"""Connections that may wait to be accepted."""


class PortTaken(Exception):
    """Another process listens on the port."""


def open_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens on host and port. Port 0 takes any free one.

    Raises:
        PortTaken: the address cannot be bound.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        is_wrong_host = error.errno not in (errno.EADDRINUSE, errno.EACCES)
        reason = Message(
            "cannot listen on {host}:{port} ({error}); set {setting}",
            host=host,
            port=port,
            error=error.strerror,
            setting="CINESTREAM_DEMO_HOST" if is_wrong_host else "CINESTREAM_DEMO_PORT",
        )
        raise PortTaken(reason) from error
    return listener


def serve(site: DemoSite, listener: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT, then exit with code 0. Does not return."""
    # uvicorn raises the signal again for the previous handler once it has shut down.
    # Python's default handlers would then end the process with a failure.
    signal.signal(signal.SIGTERM, _exit)
    signal.signal(signal.SIGINT, _exit)
    config = uvicorn.Config(
        site.app, log_level="warning", access_log=False, timeout_graceful_shutdown=SHUTDOWN_SECONDS, server_header=False
    )
    _Server(config, site).run(sockets=[listener])
    sys.exit(0)


class _Server(uvicorn.Server):
    """A server that ends the site's delays on shutdown, so that a slow response does not hold it up."""

    def __init__(self, config: uvicorn.Config, site: DemoSite) -> None:
        super().__init__(config)
        self._site = site

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._site.delays.stop()
        super().handle_exit(sig, frame)


def _exit(signum: int, frame: FrameType | None) -> None:
    # An exception is lost when the signal arrives inside a destructor. The process would then never end.
    os._exit(0)
