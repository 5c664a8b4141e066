"""The state of each process of the local run, and the note about its last crash."""

import time
from dataclasses import dataclass, field

STABLE_SECONDS = 60.0
"""Seconds after which a running process counts as healthy again."""


@dataclass(frozen=True)
class Crash:
    """The end of a process that should have gone on.

    Attributes:
        code: exit code, or the negative number of the signal that ended the process.
        output: last line that the process printed.
        at: time of the end, as `time.monotonic` counts.
    """

    code: int
    output: str
    at: float


@dataclass
class ProcessStatus:
    """The state of one process. `crashes` counts those since it was last healthy."""

    name: str
    state: str = "waiting"
    since: float = field(default_factory=time.monotonic)
    crashes: int = 0
    last_crash: Crash | None = None

    def enter(self, state: str) -> None:
        """Change the state now."""
        self.state, self.since = state, time.monotonic()

    def crashed(self, code: int, output: str) -> None:
        """Record a crash now."""
        now = time.monotonic()
        self.crashes = 1 if self._healthy(now) else self.crashes + 1
        self.last_crash = Crash(code, output, now)

    def note(self, now: float) -> str:
        """Return a sentence about the last crash, or an empty text if the process is healthy."""
        if self.last_crash is None or self._healthy(now):
            return ""
        crash = self.last_crash
        outcome = {"running": "restarted", "starting": "starting again"}.get(self.state, self.state)
        often = f" ({self.crashes} times in a row)" if self.crashes > 1 else ""
        # A process that a signal ended printed its last line before, and knew nothing of it.
        output = f": {crash.output}" if crash.code >= 0 else ""
        return f"{self.name} {ending(crash.code)}, {_age(now - crash.at)} ago, {outcome}{often}{output}"

    def _healthy(self, now: float) -> bool:
        return self.state == "running" and now - self.since >= STABLE_SECONDS


def ending(code: int) -> str:
    """Return the end of a process in words: `ended with code 3`, or `ended with signal 9`."""
    return f"ended with signal {-code}" if code < 0 else f"ended with code {code}"


def _age(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
