"""Single keys of a terminal, without echo. The terminal gets its mode back at every end of the process."""

import os
import select
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_GUARD = Path(__file__).with_name("terminal_guard.py")
_LFLAG = 3
"""Place of the local modes in the result of `tcgetattr`."""


class Keyboard:
    """The keys of a terminal."""

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal

    def typed(self) -> str:
        """Return what was typed since the last call. It never waits.

        The mode is set anew each time, because a shell changes it while it has stopped the process (Ctrl-Z).
        """
        try:
            if not in_foreground(self._terminal):
                return ""  # In the background, reading from the terminal would stop the process.
            self._set_mode()
            ready, _, _ = select.select([self._terminal], [], [], 0)
            return os.read(self._terminal, 64).decode(errors="replace") if ready else ""
        except (OSError, termios.error):
            return ""  # The terminal is gone.

    def _set_mode(self) -> None:
        mode = termios.tcgetattr(self._terminal)
        if mode[_LFLAG] & (termios.ECHO | termios.ICANON):
            mode[_LFLAG] &= ~(termios.ECHO | termios.ICANON)
            termios.tcsetattr(self._terminal, termios.TCSANOW, mode)


def in_foreground(terminal: int) -> bool:
    """Return True if the terminal belongs to this process now, and not to a shell that started it with `&`."""
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False


@contextmanager
def single_keys(terminal: int) -> Iterator[Keyboard]:
    """Read single keys of a terminal for the length of a block.

    A process of its own restores the terminal, because nothing in this one runs after SIGKILL. It has a session of its
    own, so that no key of the terminal ends it.
    """
    # -I and -S: it starts in a few milliseconds.
    command, pipe = [sys.executable, "-I", "-S", str(_GUARD)], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=terminal, start_new_session=True) as guard:
        assert guard.stdout is not None
        guard.stdout.read(1)
        try:
            # The end of the outer block closes the guard's input and waits for its end.
            yield Keyboard(terminal)
        finally:
            if not in_foreground(terminal):
                guard.kill()  # The mode of the terminal is that of another program now.
