"""The state of each process of the local run, and the note about its last crash."""

import time
from dataclasses import dataclass, field

from cinestream_flow.message import Message

WAITING, STARTING, RUNNING, DONE = Message("waiting"), Message("starting"), Message("running"), Message("done")
ENDING, ENDED = Message("ending"), Message("ended")
"""The states of a process. Between a crash and the restart it has another one, with the seconds to wait."""

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
    state: str = WAITING
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
        again: dict[str, str] = {RUNNING: Message("restarted"), STARTING: Message("starting again")}
        often = Message(" ({count} times in a row)", count=self.crashes) if self.crashes > 1 else ""
        # A process that a signal ended printed its last line before, and knew nothing of it.
        output = Message(": {output}", output=crash.output) if crash.code >= 0 else ""
        return Message(
            "{name} {ending}, {age} ago, {outcome}{often}{output}",
            name=self.name,
            ending=_ending(crash.code),
            age=_age(now - crash.at),
            outcome=again.get(self.state, self.state),
            often=often,
            output=output,
        )

    def _healthy(self, now: float) -> bool:
        return self.state == RUNNING and now - self.since >= STABLE_SECONDS


def _ending(code: int) -> Message:
    if code < 0:
        return Message("ended with signal {signal}", signal=-code)
    return Message("ended with code {code}", code=code)


def _age(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
