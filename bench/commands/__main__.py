"""The command `make bench-commands`: the CPU time of the start of commands, beside that of imports in the same run.

A command that talks to a server is killed at its first request, so that only its start counts.
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence

from bench.goals import Goal, print_goals
from bench.processes import SCRIPTS

_ROUNDS = 9
_MAX_RATIO = 1.3
_FIRST_REQUEST_SECONDS = 60.0
_IMPORTS = [sys.executable, "-c", "import typer, pydantic_settings"]
_NATS_IMPORTS = [sys.executable, "-c", "import typer, pydantic_settings, nats"]
_CHECKS = ("cinestream-etl", "cinestream-run", "cinestream-scraper", "cinestream-stream-api", "cinestream-topology")
_REQUESTS = {"status": ["status"], "enqueue": ["enqueue", "tt0111161"]}


def cpu_seconds(command: Sequence[str], server: socket.socket | None = None) -> float:
    """Return the CPU time of a command, in seconds of user and system.

    Args:
        command: The command and its arguments.
        server: Socket that listens at the addresses of NATS and of the ops endpoints. The command ends at its first
            connection. None lets the command end by itself.
    """
    process = subprocess.Popen(command, env=_environment(server), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if server:
        server.accept()[0].close()
        process.kill()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if not server and process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def _environment(server: socket.socket | None) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("CINESTREAM_")}
    own |= {"CINESTREAM_DATA_DIR": os.path.join(tempfile.gettempdir(), "no-run")}
    if server:
        port = str(server.getsockname()[1])
        own |= {"CINESTREAM_NATS_URL": f"nats://127.0.0.1:{port}", "CINESTREAM_OPS_PORT": port}
    return own


def main() -> None:
    """Run everything in turns, and print the ratio of each median to that of the imports."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(_FIRST_REQUEST_SECONDS)
        checks = {f"{name} --check": [str(SCRIPTS / name), "--check"] for name in _CHECKS}
        requests = {
            f"cinestream-scraper {name}": [str(SCRIPTS / "cinestream-scraper"), *arguments]
            for name, arguments in _REQUESTS.items()
        }
        plain = {"imports": _IMPORTS, "imports with nats": _NATS_IMPORTS, **checks}
        seconds: dict[str, list[float]] = {name: [] for name in (*plain, *requests)}
        for _ in range(_ROUNDS):
            for name, command in plain.items():
                seconds[name].append(cpu_seconds(command))
            for name, command in requests.items():
                seconds[name].append(cpu_seconds(command, server))
    medians = {name: statistics.median(measured) for name, measured in seconds.items()}
    print("| command | CPU ms, median | lowest |\n|---|---|---|")
    for name, median in medians.items():
        print(f"| {name} | {median * 1000:.0f} | {min(seconds[name]) * 1000:.0f} |")
    ratio = "CPU time, in that of the imports"
    goals = [Goal(name, ratio, medians[name] / medians["imports"], _MAX_RATIO) for name in checks]
    goals += [Goal(name, ratio, medians[name] / medians["imports with nats"], _MAX_RATIO) for name in requests]
    print_goals(goals)


if __name__ == "__main__":
    main()
