"""The processes of a browser, found by the mark in their environment. Without /proc (Linux only) none is found."""

import os
import signal
import time
from contextlib import suppress

MARK = "CINESTREAM_BROWSER_OF"
_KILL_SECONDS = 1.0
_POLL_SECONDS = 0.002
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def kill_marked(mark: str) -> int:
    """Kill all processes of a run (`<run>`) or of a session (`<run>/<session>`). Return how many there were."""
    deadline = time.monotonic() + _KILL_SECONDS
    killed: set[int] = set()
    while time.monotonic() < deadline:
        # Again until none is left: a browser may start further processes while it is killed.
        found = marked(mark)
        for pid in found:
            killed.add(pid)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if not found and not any(_session_of(pid) for pid in killed):
            break
        time.sleep(_POLL_SECONDS)  # they are not our children, so there is nothing to wait on
    return len(killed)


def marked(mark: str) -> set[int]:
    """Return the ids of all running processes with the mark.

    The helpers of a browser hide their environment, but share the session id (setsid) of its driver.
    """
    whole, prefix = f"{MARK}={mark}".encode(), f"{MARK}={mark}/".encode()
    named: set[int] = set()
    sessions: dict[int, int] = {}
    for pid in _pids():
        try:
            with open(f"/proc/{pid}/environ", "rb") as environ:
                variables = environ.read().split(b"\0")
            if any(variable == whole or variable.startswith(prefix) for variable in variables):
                named.add(pid)
        except OSError:
            pass
        if (session := _session_of(pid)) is not None:
            sessions[pid] = session
    ours = {sessions[pid] for pid in named if pid in sessions} - {os.getsid(0)}
    return named | {pid for pid, session in sessions.items() if session in ours}


def _pids() -> list[int]:
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []


def _session_of(pid: int) -> int | None:
    """Return the session id of a process, or None if it has exited or is a zombie."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            fields = stat.read().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if fields[0] == b"Z" else int(fields[3])


def memory_of(mark: str) -> int:
    """Return the bytes of memory that the marked processes have for themselves: resident, and shared with no file.

    Read from `/proc/<pid>/statm`, because sandboxed processes hide the more exact figures from others.
    """
    total = 0
    for pid in marked(mark):
        with suppress(OSError, IndexError, ValueError), open(f"/proc/{pid}/statm", "rb") as statm:
            fields = statm.read().split()
            total += (int(fields[1]) - int(fields[2])) * _PAGE_BYTES
    return total
