"""The steps from the start of a run to its first film, with the seconds that each one is expected to take."""

from collections.abc import Iterable
from dataclasses import dataclass

from cinestream_demo.local.status import ProcessStatus


@dataclass(frozen=True)
class Step:
    """A step of the start: words for it, and its seconds on a computer with two cores."""

    words: str
    seconds: int


STEPS = {
    "nats": Step("start NATS, which stores everything", 1),
    "topology": Step("create the streams in NATS", 2),
    "demo-site": Step("start the demo site", 1),
    "stream-api": Step("start the stream and its web page", 2),
    "etl": Step("start etl, which turns pages into films", 2),
    "scraper": Step("start the scraper, which reads pages", 3),
}
FIRST_FILM = Step("read the first page", 4)
"""The last step: the browser starts and reads the first page, and etl makes a film of it."""

_SLOW_SECONDS = 15
"""Seconds after which a step is reported as slow, with its log."""


@dataclass(frozen=True)
class Starting:
    """The current step of the start.

    Attributes:
        name: name of the process, or an empty text for the first film.
        number: number of the step, from 1.
        total: number of all steps.
        step: the step itself.
        elapsed: seconds since it began.
        following: the next step, or None for the last one.
        remaining: expected seconds until the first film.
    """

    name: str
    number: int
    total: int
    step: Step
    elapsed: float
    following: Step | None
    remaining: int

    def sentences(self, logs: str) -> list[str]:
        """Return the step, the next one, and a hint if the step is slow. `logs` is the folder of the logs."""
        following = f"next: {self.following.words}; " if self.following else ""
        lines = [
            f"step {self.number} of {self.total}: {self.step.words}, about {self.step.seconds} s",
            f"{following}first film in about {self.remaining} s",
        ]
        if self.elapsed > _SLOW_SECONDS:
            lines.append(f"this takes {self.elapsed:.0f} s already: see {logs}/{self.name or 'scraper'}.log")
        return lines


def current_step(statuses: Iterable[ProcessStatus], now: float) -> Starting:
    """Return the step that the start of a run is in, as long as there is no film.

    Args:
        statuses: states of all processes, in the order of their start.
        now: time, as `time.monotonic` counts.
    """
    statuses = list(statuses)
    steps = [*(STEPS.get(status.name, Step(f"start {status.name}", 1)) for status in statuses), FIRST_FILM]
    # A process that starts again after a crash is no step of the start.
    started = [status.state in ("running", "done") or status.last_crash is not None for status in statuses]
    index = started.index(False) if False in started else len(statuses)
    since = statuses[index].since if index < len(statuses) else max(status.since for status in statuses)
    elapsed = max(0.0, now - since)
    rest = sum(step.seconds for step in steps[index + 1 :]) + max(steps[index].seconds - elapsed, 1)
    return Starting(
        name=statuses[index].name if index < len(statuses) else "",
        number=index + 1,
        total=len(steps),
        step=steps[index],
        elapsed=elapsed,
        following=steps[index + 1] if index + 1 < len(steps) else None,
        remaining=round(rest),
    )
