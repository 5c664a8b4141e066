"""Run a command against the pipeline of `make run`, for `make status`, `make enqueue` and `make remove`.

    tools/running.py COMMAND ARGUMENT [VARIABLE]

The words of the environment variable are the last arguments of the command.
"""

import os
import sys
import sysconfig
from pathlib import Path
from urllib.parse import urlsplit

from cinestream.runtime.local_run import LocalRun, data_dir, find_run

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tools.words import refuse, words

_EXAMPLES = {"TARGETS": 'enqueue TARGETS="tt0111161 chart:top"', "IDS": 'remove IDS="tt0111161"'}
_USERS = {"cinestream-scraper": "scraper", "cinestream-stream-api": "takedown"}


def main(command: str, argument: str, variable: str = "") -> None:
    """Replace this process by the command, or exit with 2 and the reason."""
    arguments = _words(variable) if variable else []
    run = find_run()
    if run is None:
        refuse(f"nothing runs with its data in {data_dir()}: make run first")
    path = Path(sysconfig.get_path("scripts"), command)
    environment = os.environ | _settings(run, _USERS[command])
    os.execve(path, [command, argument, *arguments], environment)  # noqa: S606 - the arguments reach the command as they are


def _settings(run: LocalRun, user: str) -> dict[str, str]:
    """Return the variables of a command for a run. They override settings that name another server."""
    ops = urlsplit(run.ops["scraper"])
    settings = {
        "NATS_URL": run.nats_url,
        "NATS_USER": user,
        "NATS_PASSWORD": run.passwords[user],
        "OPS_HOST": ops.hostname or "",
        "OPS_PORT": str(ops.port),
        "IMDB_URL": run.site,
    }
    return {f"CINESTREAM_{name}": value for name, value in settings.items()}


def _words(variable: str) -> list[str]:
    """Return the words of a variable, which needs at least one."""
    return words(variable) or refuse(f"name one or more in {variable}: make {_EXAMPLES[variable]}")


if __name__ == "__main__":
    main(*sys.argv[1:])
