"""Run a command against the pipeline of `make run`, for `make status`, `make enqueue` and `make remove`.

    tools/running.py COMMAND ARGUMENT [VARIABLE]

The words of the environment variable are the last arguments of the command.
"""

import os
import shlex
import sys
import sysconfig
from pathlib import Path
from typing import NoReturn

from cinestream.runtime.local_run import data_dir, find_run

_EXAMPLES = {"TARGETS": 'enqueue TARGETS="tt0111161 chart:top"', "IDS": 'remove IDS="tt0111161"'}

# The run says where it is. These may name another server, or the run that is started next.
_OTHER = ("NATS_URL", "NATS_USER", "NATS_PASSWORD", "OPS_HOST", "OPS_PORT", "IMDB_URL")


def main(command: str, argument: str, variable: str = "") -> None:
    """Replace this process by the command, or exit with 2 and the reason."""
    words = _words(variable) if variable else []
    if find_run() is None:
        _refuse(f"nothing runs with its data in {data_dir()}: make run first")
    for name in _OTHER:
        os.environ.pop(f"CINESTREAM_{name}", None)
    path = Path(sysconfig.get_path("scripts"), command)
    os.execv(path, [command, argument, *words])  # noqa: S606 - the arguments reach the command as they are


def _words(variable: str) -> list[str]:
    """Return the words of a variable of the Makefile. Quotes keep a search of several words together."""
    try:
        words = shlex.split(os.environ.get(variable, ""))
    except ValueError as error:
        _refuse(f"{variable}: {error}. Quote a text with spaces, as in TARGETS=\"'search:blade runner'\"")
    if not words:
        _refuse(f"name one or more in {variable}: make {_EXAMPLES[variable]}")
    return words


def _refuse(reason: str) -> NoReturn:
    print(reason, file=sys.stderr)
    raise SystemExit(2)


if __name__ == "__main__":
    main(*sys.argv[1:])
