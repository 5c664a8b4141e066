"""`python -m bench.trakt [ENTRIES] [--times N]`: time and memory of an export, and of the plain script, in one run."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.trakt.library import serving


@dataclass(frozen=True)
class Run:
    """What a program took: seconds, and MB at its peak."""

    seconds: float
    megabytes: float


def measure(command: list[str], environment: dict[str, str]) -> Run:
    """Run a program to its end."""
    started = time.perf_counter()
    compiled = {"PYTHONDONTWRITEBYTECODE": ""}  # as for users: sources are compiled once, not for each run
    process = subprocess.Popen(command, env=os.environ | compiled | environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} failed")
    return Run(time.perf_counter() - started, usage.ru_maxrss / 1024)


def ours(url: str, folder: Path, *arguments: str) -> Run:
    """`cinestream-trakt` with these arguments."""
    token = {"access_token": "a", "refresh_token": "r", "expires_in": 86400, "created_at": int(time.time())}
    (folder / "token").write_text(json.dumps(token))
    settings = {
        "API__URL": url,
        "API__CLIENT_ID": "key",
        "API__PERFORMANCE__RATE_LIMIT_PER_SEC": "1000",
        "CACHE__DIR": str(folder / "cache"),
        "CHECKPOINTS__DIR": str(folder / "checkpoints"),
        "LOGIN__TOKEN_FILE": str(folder / "token"),
    }
    command = [str(Path(sys.executable).with_name("cinestream-trakt")), *arguments]
    return measure(command, {f"CINESTREAM_TRAKT_{name}": value for name, value in settings.items()})


def exported(entries: int, folder: Path) -> Run:
    """A history of so many entries, exported."""
    with serving(entries) as url:
        return ours(url, folder, "export", "history", "--out", str(folder))


def compared(entries: int, folder: Path) -> tuple[Run, Run]:
    """The same history exported by ours, and by the plain script."""
    with serving(entries) as url:
        large = ours(url, folder, "export", "history", "--out", str(folder))
        return large, measure([sys.executable, "bench/trakt/peers/plain.py", url, str(folder / "plain.csv")], {})


def again(entries: int, times: int, folder: Path) -> None:
    """The comparison alone, so many times: how far single runs are apart."""
    print(f"{entries:,} history entries to CSV: seconds, ours and the plain script's; ratios of throughput and memory")
    for _ in range(times):
        large, plain = compared(entries, folder)
        ratios = f"{plain.seconds / large.seconds:.2f} {large.megabytes / plain.megabytes:.2f}"
        print(f"  {large.seconds:6.1f} {plain.seconds:6.1f}   {ratios}", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser("bench.trakt")
    parser.add_argument("entries", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--times", type=int, default=0, help="only compare with the plain script, so many times")
    asked = parser.parse_args()
    entries = asked.entries
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if asked.times:
            again(entries, asked.times, folder)
            return
        with serving(0) as url:
            idle = ours(url, folder, "whoami")
        thousand, small = exported(1000, folder), exported(10_000, folder)
        large, plain = compared(entries, folder)
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
