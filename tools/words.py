"""The words of a variable of the Makefile, as arguments of a command.

    tools/words.py VARIABLE COMMAND [ARGUMENT …]

The words are the last arguments of the command. No character but a quote is special, so an address can be pasted.
"""

import os
import shlex
import sys
from typing import NoReturn


def words(variable: str) -> list[str]:
    """Return the words of a variable of the Makefile. Quotes keep a search of several words together."""
    try:
        return shlex.split(os.environ.get(variable, ""))
    except ValueError as error:
        refuse(f"{variable}: {error}. Quote a text with spaces, as in TARGETS=\"'search:blade runner'\"")


def refuse(reason: str) -> NoReturn:
    """Exit with 2 and a reason."""
    print(reason, file=sys.stderr)
    raise SystemExit(2)


if __name__ == "__main__":
    command = [*sys.argv[2:], *words(sys.argv[1])]
    os.execv(command[0], command)  # noqa: S606 - the arguments reach the command as they are
