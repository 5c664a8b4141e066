"""The command `make bench-trakt`: compare time and memory of an export with those of a plain script, in one run.

python -m bench.trakt [ENTRIES] [--times N]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.trakt.exporter import COMMAND, environment
from bench.trakt.history_server import serve_history

PLAIN_SCRIPT = Path(__file__).parent / "peers" / "plain.py"


@dataclass(frozen=True)
class Usage:
    """The time of a program in seconds, and its peak memory in MB."""

    seconds: float
    megabytes: float


def measure(command: list[str], environment: dict[str, str]) -> Usage:
    """Run a program to its end.

    Raises:
        SystemExit: the program failed.
    """
    started = time.perf_counter()
    # As for users: the sources are compiled once, not at each run.
    process = subprocess.Popen(command, env=environment | {"PYTHONDONTWRITEBYTECODE": ""}, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} failed")
    return Usage(time.perf_counter() - started, usage.ru_maxrss / 1024)


def measure_exporter(url: str, folder: Path, *arguments: str) -> Usage:
    """Run `cinestream-trakt` with these arguments."""
    return measure([COMMAND, *arguments], environment(url, folder))


def export(entries: int, folder: Path) -> Usage:
    """Export a history of so many entries."""
    with serve_history(entries) as url:
        return measure_exporter(url, folder, "export", "history", "--out", str(folder))


def compare(entries: int, folder: Path) -> tuple[Usage, Usage]:
    """Export the same history with the exporter and with the plain script."""
    with serve_history(entries) as url:
        exporter = measure_exporter(url, folder, "export", "history", "--out", str(folder))
        plain = [sys.executable, str(PLAIN_SCRIPT), url, str(folder / "plain.csv")]
        return exporter, measure(plain, dict(os.environ))


def compare_repeatedly(entries: int, times: int, folder: Path) -> None:
    """Print the comparison several times, to show how much single runs differ."""
    print(f"{entries:,} history entries to CSV: seconds, ours and the plain script's; ratios of throughput and memory")
    for _ in range(times):
        exporter, plain = compare(entries, folder)
        ratios = f"{plain.seconds / exporter.seconds:.2f} {exporter.megabytes / plain.megabytes:.2f}"
        print(f"  {exporter.seconds:6.1f} {plain.seconds:6.1f}   {ratios}", flush=True)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser("python -m bench.trakt")
    parser.add_argument("entries", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--times", type=int, default=0, help="only compare with the plain script, so many times")
    arguments = parser.parse_args()
    entries = arguments.entries
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if arguments.times:
            compare_repeatedly(entries, arguments.times, folder)
            return
        with serve_history(0) as url:
            idle = measure_exporter(url, folder, "whoami")
        thousand, small = export(1000, folder), export(10_000, folder)
        large, plain = compare(entries, folder)
    print(f"{entries:,} history entries to CSV, from a server on this machine")
    for title, run in (("cinestream-trakt", large), ("plain script", plain)):
        print(f"  {title:<18}{run.seconds:7.1f} s {entries / run.seconds:9.0f} entries/s {run.megabytes:7.0f} MB")
    print(f"  {'':<44}{'measured':>9}  target")
    for title, measured, target in (
        ("throughput, ours / plain", f"{plain.seconds / large.seconds:.2f}", "at least 1"),
        ("peak memory, ours / plain", f"{large.megabytes / plain.megabytes:.2f}", "at most 0.20"),
        ("peak memory above 10,000 entries", f"{large.megabytes - small.megabytes:.0f} MB", "at most 5 MB"),
        ("peak memory of 1,000 films above idle", f"{thousand.megabytes - idle.megabytes:.0f} MB", "at most 30 MB"),
    ):
        print(f"  {title:<44}{measured:>9}  {target}")


if __name__ == "__main__":
    main()
