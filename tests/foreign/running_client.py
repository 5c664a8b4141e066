"""A client's program as a process, and the events that it has printed."""

import json
import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio


@dataclass
class RunningClient:
    """A client whose program runs. It prints a line of JSON for each event, with `id`, `event` and `data`."""

    name: str
    home: Path
    process: subprocess.Popen[bytes]
    events: list[dict[str, Any]] = field(default_factory=list)
    _read: int = 0

    @classmethod
    def start(cls, name: str, home: Path, command: list[str]) -> "RunningClient":
        """Start the program in the folder `home`."""
        with (home / "out").open("wb") as out, (home / "err").open("wb") as err:
            # In a session of its own, because a shell starts more processes.
            quiet = os.environ | {"NODE_NO_WARNINGS": "1"}  # undici says that its EventSource is experimental
            process = subprocess.Popen(command, cwd=home, stdout=out, stderr=err, env=quiet, start_new_session=True)
        return cls(name, home, process)

    def end(self) -> None:
        """End the program and the processes that it has started."""
        with suppress(ProcessLookupError):  # it has ended
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def films(self) -> list[int]:
        """Return the sequence of each film that the program has printed so far, in this order."""
        with (self.home / "out").open("rb") as out:
            out.seek(self._read)
            complete, newline, _ = out.read().rpartition(b"\n")
        self._read += len(complete + newline)
        self.events += map(json.loads, complete.splitlines())
        return [int(event["id"].rpartition("-")[2]) for event in self.events if event["event"] == "movie"]

    async def until(self, name: str, count: int) -> None:
        """Wait until so many events of this name have come."""
        while [event["event"] for event in self.events].count(name) < count:
            await anyio.sleep(0.02)
            self.films()

    @property
    def fault(self) -> str:
        """The first thing that went wrong, or an empty text: an error, an end, or an event that is none of ours."""
        if errors := (self.home / "err").read_text():
            return errors
        if self.process.poll() is not None:
            return "it has ended"
        wrong = [event for event in self.events if event["event"] not in NAMES or not isinstance(event["data"], dict)]
        return f"it delivered {wrong[0]}" if wrong else ""


NAMES = {"movie", "removed", "position", "live", "gap", "notice", "heartbeat", "busy"}
"""Names of the events of a stream."""
