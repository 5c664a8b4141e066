"""A small process that restores the mode of a terminal when its parent ends, even by SIGKILL.

stderr is the terminal. A byte on stdout says that the mode is remembered. The end of stdin is the end of the parent.
"""

import os
import termios

_STDIN, _STDOUT, _TERMINAL = 0, 1, 2
_SHOW_CURSOR = b"\x1b[?25h"


def guard() -> None:
    """Restore the mode that the terminal has now, and its cursor, as soon as the parent has ended."""
    mode = termios.tcgetattr(_TERMINAL)
    os.write(_STDOUT, b".")
    os.read(_STDIN, 1)
    termios.tcsetattr(_TERMINAL, termios.TCSANOW, mode)
    os.write(_TERMINAL, _SHOW_CURSOR)


if __name__ == "__main__":
    guard()
