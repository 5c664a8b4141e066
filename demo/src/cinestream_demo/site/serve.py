"""Runs the site: the port is taken before anything is announced, and SIGTERM ends it with exit code 0."""

from __future__ import annotations

import os
import signal
import socket
import sys
from types import FrameType

import uvicorn

from cinestream_demo.site.site import Site

GRACE = 1
"""Seconds that answers under way have left after SIGTERM."""
BACKLOG = 2048


class PortTaken(Exception):
    """Something else listens there."""


def listening(host: str, port: int) -> socket.socket:
    """A socket that takes connections from now on; port 0 lets the system choose. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(BACKLOG)
    except OSError as error:
        bound.close()
        raise PortTaken(f"cannot listen on {host}:{port} ({error.strerror}); set CINESTREAM_DEMO_PORT") from error
    return bound


def serve(site: Site, bound: socket.socket) -> None:
    """Serves until SIGTERM or SIGINT. Does not return: exits 0."""
    # uvicorn gives the signal that ended it to the handler that was there before; the default one would kill.
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    config = uvicorn.Config(
        site.app, log_level="warning", access_log=False, timeout_graceful_shutdown=GRACE, server_header=False
    )
    _Server(config, site).run(sockets=[bound])
    sys.exit(0)


class _Server(uvicorn.Server):
    """Ends the site's pauses when it is told to stop: a slow answer is not to hold up the end."""

    def __init__(self, config: uvicorn.Config, site: Site) -> None:
        super().__init__(config)
        self._site = site

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._site.pauses.end()
        super().handle_exit(sig, frame)


def _leave(signum: int, frame: FrameType | None) -> None:
    os._exit(0)  # an exception is lost where a signal arrives within a destructor, and the site would stay for ever
