"""The lines of text that are printed where there is no terminal."""

import time
from collections.abc import Iterable
from typing import NoReturn

import anyio
import typer

from cinestream.commands.language import translate
from cinestream_demo.local.display import words
from cinestream_demo.local.progress.progress import RunProgress
from cinestream_demo.local.status import ENDED, ENDING, STARTING, WAITING, ProcessStatus
from cinestream_demo.local.supervisor import Supervisor

_UPDATE_SECONDS = 0.25
_COUNTS_SECONDS = 5.0


async def print_lines(supervisor: Supervisor, progress: RunProgress) -> NoReturn:
    """Print what changes, and the counts every 5 seconds. The last lines state how each process ended."""
    lines = ChangedLines(progress)
    try:
        while True:
            for line in lines.next(supervisor.statuses.values(), time.monotonic()):
                typer.echo(line)
            await anyio.sleep(_UPDATE_SECONDS)
    finally:
        for line in lines.changed_states(supervisor.statuses.values(), time.monotonic()):
            typer.echo(line)


class ChangedLines:
    """The lines that were not printed yet."""

    def __init__(self, progress: RunProgress) -> None:
        self._progress = progress
        self._states: dict[str, str] = {}
        self._problems: set[str] = set()
        self._step, self._next_counts, self._started = "", 0.0, False

    def next(self, statuses: Iterable[ProcessStatus], now: float) -> list[str]:
        """Return the lines to print now."""
        statuses = list(statuses)
        return [
            *self.changed_states(statuses, now),
            *self._changed_start(statuses, now),
            *self._new_problems(),
            *self._counts(now),
        ]

    def changed_states(self, statuses: Iterable[ProcessStatus], now: float) -> list[str]:
        """Return the processes whose states have changed. A crash is reported with its cause."""
        changed = [status for status in statuses if self._states.get(status.name, WAITING) != status.state]
        self._states |= {status.name: status.state for status in changed}
        return [self._line(status, now) for status in changed]

    def _line(self, status: ProcessStatus, now: float) -> str:
        note = status.note(now) if status.state not in (STARTING, ENDING, ENDED) else ""
        return translate(note) if note else _labelled(status.name, status.state)

    def _changed_start(self, statuses: list[ProcessStatus], now: float) -> list[str]:
        """Return the step of the start once, and once that the start is over."""
        if self._started or words.is_ending(statuses):
            return []
        step = words.starting(self._progress, statuses, now)
        if step is None:
            self._started = True
            return [_labelled(words.state(self._progress), self._progress.settings.stream_url)]
        if self._step == step.step.words:
            return []
        self._step = step.step.words
        return [translate("; ").join(map(translate, words.steps(self._progress, step)))]

    def _new_problems(self) -> list[str]:
        """Return each problem that was not there before. One that comes back is printed again."""
        found = words.problems(self._progress)
        new = [translate(problem) for problem in found if problem not in self._problems]
        self._problems = set(found)
        return new

    def _counts(self, now: float) -> list[str]:
        counts = words.counts(self._progress)
        if now < self._next_counts or not any(counts.values()):
            return []
        self._next_counts = now + _COUNTS_SECONDS
        return [
            "  ".join(
                translate("{name} {value:,}", name=translate(name), value=value) for name, value in counts.items()
            )
        ]


def _labelled(name: str, value: str) -> str:
    return translate("{name}: {value}", name=translate(name), value=translate(value))
