"""The standard streams of a command: those that are closed, and pipes that nobody reads."""

import os
import select
import sys
from contextlib import suppress


def open_closed_streams() -> None:
    """Open the null device in place of each standard stream that is closed.

    Otherwise the next file that a command opens would get its number, and a child process would write into that file.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 (open until the process ends)


def reader_is_gone() -> bool:
    """Return True if stdout is a pipe that nobody reads any more."""
    poll = select.poll()
    poll.register(sys.stdout.fileno(), select.POLLERR)
    return any(state & select.POLLERR for _, state in poll.poll(0))


def discard_output() -> None:
    """Discard what is printed from now on. Python would try to write the rest of the output once more at its end."""
    with suppress(OSError):  # a test has put a buffer in its place
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
