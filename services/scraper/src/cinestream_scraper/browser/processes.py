"""The processes of a browser, found by the mark in their environment: how to kill and to measure them.

Linux only: where there is no /proc, no process is found.
"""

import os
import signal
import time
from contextlib import suppress

MARK = "CINESTREAM_BROWSER_OF"
_PATIENCE = 1.0
_GLANCE = 0.002
_PAGE = os.sysconf("SC_PAGE_SIZE")


def kill_marked(mark: str) -> int:
    """Kill all processes of a run (`<run>`) or of a session (`<run>/<session>`); return how many there were.

    The helpers of a browser hide their environment, but share the session id (setsid) of its driver.
    """
    deadline = time.monotonic() + _PATIENCE
    killed: set[int] = set()
    while time.monotonic() < deadline:
        found = marked(mark)
        for pid in found:
            killed.add(pid)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if not found and not any(_session_of(pid) for pid in killed):
            break
        time.sleep(_GLANCE)  # they are not our children: there is nothing to wait on
    return len(killed)


def marked(mark: str) -> set[int]:
    """The living processes of the mark; none where there is no /proc."""
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
    """The session id of a process that is alive (a zombie is not)."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            fields = stat.read().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if fields[0] == b"Z" else int(fields[3])


def memory_of(mark: str) -> int:
    """The bytes that the marked processes have resident and share with no file; 0 where there is no /proc.

    What all may read (`/proc/<pid>/statm`), because sandboxed processes hide the more exact figures.
    """
    total = 0
    for pid in marked(mark):
        with suppress(OSError, IndexError, ValueError), open(f"/proc/{pid}/statm", "rb") as statm:
            fields = statm.read().split()
            total += (int(fields[1]) - int(fields[2])) * _PAGE
    return total
