"""The steps from the start of a run to its first film, with the seconds that each one is expected to take."""

from collections.abc import Iterable
from dataclasses import dataclass

from cinestream_demo.local.status import DONE, RUNNING, ProcessStatus
from cinestream_flow.message import Message


@dataclass(frozen=True)
class Step:
    """A step of the start: words for it, and its seconds on a computer with two cores."""

    words: Message
    seconds: int


STEPS = {
    "nats": Step(Message("start NATS, which stores everything"), 1),
    "topology": Step(Message("create the streams in NATS"), 2),
    "demo-site": Step(Message("start the demo site"), 1),
    "stream-api": Step(Message("start the stream and its web page"), 2),
    "etl": Step(Message("start etl, which turns pages into films"), 2),
    "scraper": Step(Message("start the scraper, which reads pages"), 3),
}
FIRST_FILM = Step(Message("read the first page"), 4)
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

    def sentences(self, logs: str, *, stored: bool) -> list[Message]:
        """Return the step, the next one, and a hint if the step is slow.

        Args:
            logs: folder of the logs.
            stored: True if films of an earlier run are stored, so that nobody waits for the first one.
        """
        values = {"words": self.step.words, "seconds": self.step.seconds}
        lines = [
            Message(
                "step {number} of {total}: {words}, about {seconds} s", number=self.number, total=self.total, **values
            )
        ]
        lines.append(self._outlook(stored))
        if self.elapsed > _SLOW_SECONDS:
            log = f"{logs}/{self.name or 'scraper'}.log"
            lines += [Message("this takes {seconds:.0f} s already: see {log}", seconds=self.elapsed, log=log)]
        return lines

    def _outlook(self, stored: bool) -> Message:
        if self.following is None:
            return Message("first film in about {seconds} s", seconds=self.remaining)
        words = self.following.words
        if stored:
            seconds = max(self.remaining - FIRST_FILM.seconds, 1)
            return Message("next: {words}; everything runs in about {seconds} s", words=words, seconds=seconds)
        return Message("next: {words}; first film in about {seconds} s", words=words, seconds=self.remaining)


def current_step(statuses: Iterable[ProcessStatus], now: float) -> Starting:
    """Return the step that the start of a run is in, as long as there is no film.

    Args:
        statuses: states of all processes, in the order of their start.
        now: time, as `time.monotonic` counts.
    """
    statuses = list(statuses)
    steps = [
        *(STEPS.get(status.name, Step(Message("start {name}", name=status.name), 1)) for status in statuses),
        FIRST_FILM,
    ]
    # A process that starts again after a crash is no step of the start.
    started = [status.state in (RUNNING, DONE) or status.last_crash is not None for status in statuses]
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
