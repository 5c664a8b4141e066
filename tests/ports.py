"""Free TCP ports for the servers that tests start."""

import os
import secrets
import socket
from contextlib import suppress

# Connections get their local ports from 32768 upwards (ip(7), ip_local_port_range), so ports below stay free.
_FIRST, _END = 20_000, 32_000

# A port that is free now may belong to a server that a test starts later, or starts again.
_handed_out: set[int] = set()


def free_port(consecutive: int = 1) -> int:
    """Return a TCP port of 127.0.0.1 on which nothing listens.

    No port is returned twice in a test run, neither by this pytest-xdist worker nor by another one.

    Args:
        consecutive: the number of free ports in a row; the first one is returned.
    """
    own = _range_of_worker()
    while True:
        first = own.start + secrets.randbelow(len(own) - consecutive + 1)
        ports = range(first, first + consecutive)
        if _handed_out.isdisjoint(ports) and all(map(_is_free, ports)):
            _handed_out.update(ports)
            return first


def _range_of_worker() -> range:
    """Return this worker's part of all ports; no two workers share a port."""
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    index = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    size = (_END - _FIRST) // count
    return range(_FIRST + index * size, _FIRST + (index + 1) * size)


def _is_free(port: int) -> bool:
    with socket.socket() as sock, suppress(OSError):
        sock.bind(("127.0.0.1", port))
        return True
    return False
