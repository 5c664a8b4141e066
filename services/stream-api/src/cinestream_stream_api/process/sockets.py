"""The sockets that the parent process binds and keeps open."""

import socket
import time
from contextlib import suppress

from cinestream.runtime import http

_ATTEMPTS, _PAUSE = 10, 0.1


def bind(host: str, port: int, *, setting: str) -> socket.socket:
    """Return a socket that is bound to an address.

    A taken port is tried again for 1 s. The workers of a parent that was killed may hold it until they notice.

    Raises:
        SystemExit: the port cannot be used. The message names the setting to change.
    """
    for _ in range(_ATTEMPTS):
        with suppress(SystemExit):
            return http.bind(host, port, setting=setting)
        time.sleep(_PAUSE)
    return http.bind(host, port, setting=setting)
