"""The processes of this machine that listen on a port, as Linux tells them in /proc.

The format is that of proc(5). Elsewhere, and for processes of other users, nothing is found.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_LISTEN = "0A"
_LOOPBACK = ("0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F")


class Listener(NamedTuple):
    """A process that listens on a port."""

    pid: int
    command: str


def listener(port: int) -> Listener | None:
    """Return the process that listens on a TCP port, or None if there is none or it belongs to another user."""
    inodes = {f"socket:[{row[9]}]" for row in _sockets(port)}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if any(os.readlink(file) in inodes for file in (process / "fd").iterdir()):
                return Listener(int(process.name), (process / "comm").read_text("utf-8").strip())
    return None


def is_exposed(port: int) -> bool:
    """Return True if something listens on a TCP port for more than the loopback addresses."""
    return any(row[1].rpartition(":")[0] not in _LOOPBACK for row in _sockets(port))


def _sockets(port: int) -> list[list[str]]:
    """Return the rows of the sockets that listen on a port."""
    rows: list[list[str]] = []
    for name in ("tcp", "tcp6"):
        with suppress(OSError):
            rows += [line.split() for line in Path("/proc/net", name).read_text("ascii").splitlines()[1:]]
    return [row for row in rows if row[3] == _LISTEN and row[1].endswith(f":{port:04X}")]
