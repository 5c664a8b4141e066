"""Free TCP ports for the servers that tests start."""

import fcntl
import os
import random
import socket
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

# Systems give local ports from 32768 upwards to connections (ip(7), ip_local_port_range), so these stay free.
_FIRST, _END, _BLOCK = 10_000, 32_000, 100

# A test process locks whole blocks of ports until it ends. No other test process gets one of them, neither a
# pytest-xdist worker nor another test run on this machine.
_locks: list[IO[str]] = []

# Ports of the locked blocks that were not returned yet. None is returned twice: a port that is free now may belong to
# a server that a test starts later, or starts again.
_ports: list[int] = []


def free_port(consecutive: int = 1) -> int:
    """Return a TCP port of 127.0.0.1 on which nothing listens, and which no other test gets.

    Args:
        consecutive: Number of such ports in a row, at most 100. The first one is returned.

    Raises:
        RuntimeError: Other test processes have all ports.
    """
    while True:
        if len(_ports) < consecutive:
            _ports[:] = _lock_block()
        candidates = _ports[:consecutive]
        del _ports[:consecutive]
        if all(map(_is_free, candidates)):
            return candidates[0]


def _lock_block() -> range:
    """Lock a block of ports that no other process has locked."""
    folder = Path(tempfile.gettempdir(), f"cinestream-test-ports-{os.getuid()}")
    folder.mkdir(exist_ok=True)
    # In random order, because a server may live on for a moment after the test run that started it.
    for first in random.sample(range(_FIRST, _END, _BLOCK), (_END - _FIRST) // _BLOCK):
        lock = (folder / f"{first}.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            continue
        _locks.append(lock)
        return range(first, first + _BLOCK)
    raise RuntimeError(f"other test runs have all ports from {_FIRST} to {_END}")


def _is_free(port: int) -> bool:
    with socket.socket() as sock, suppress(OSError):
        sock.bind(("127.0.0.1", port))
        return True
    return False
