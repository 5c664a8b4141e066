"""`cinestream watch` as a process."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
from tests.paths import SCRIPTS


@dataclass
class Watching:
    """A running `cinestream watch`, which prints into two files."""

    process: subprocess.Popen[bytes]
    out: Path
    err: Path

    @property
    def films(self) -> list[str]:
        """The ids of the films that were printed so far, in this order."""
        return [event["data"]["id"] for event in self.events if event["event"] == "movie"]

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events that were printed so far."""
        return [json.loads(line) for line in self.out.read_text().splitlines(keepends=True) if line.endswith("\n")]

    async def until(self, film: int) -> None:
        """Wait until the film of this number was printed."""
        with anyio.fail_after(60):
            while self.films[-1:] != [f"tt{film:07}"]:
                assert self.process.poll() is None, self.err.read_text()
                await anyio.sleep(0.02)

    def end(self, signal: signal.Signals) -> int:
        """Send a signal, and return the exit code."""
        self.process.send_signal(signal)
        return self.process.wait(30)


@contextmanager
def watching(folder: Path, *arguments: str) -> Iterator[Watching]:
    """Run `cinestream watch --json` while the block runs. Its output follows that of an earlier one in the folder."""
    out, err = folder / "out", folder / "err"
    command = [str(SCRIPTS / "cinestream"), "watch", "--json", *arguments]
    with out.open("ab") as output, err.open("ab") as errors:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=errors, env=os.environ)
    try:
        yield Watching(process, out, err)
    finally:
        process.kill()
        process.wait()
