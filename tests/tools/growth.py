"""The growth of the time that a regular expression takes, while a text is doubled."""

import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.tools.pumps import Pump, pumps

MAX_CHARACTERS = 4_096
MEASURABLE_SECONDS = 250e-6
"""Shorter times are noise."""
MAX_RATIO = 3.0
"""Linear time doubles, quadratic time quadruples."""
_BUDGET_SECONDS = 0.25
_RUNS = 5


class _OutOfTime(Exception):
    """A match took more than its budget."""


def slow_pump(pattern: str | bytes, flags: int, method: str) -> Pump | None:
    """Return the parts of texts for which the time more than triples when the text is doubled, or None."""
    compiled = re.compile(pattern, flags)
    for pump in pumps(pattern, flags, anywhere=method not in ("match", "fullmatch")):
        if any(ratio > MAX_RATIO for ratio in _ratios(compiled, method, pump)):
            return pump
    return None


def _ratios(compiled: re.Pattern[Any], method: str, pump: Pump) -> Iterator[float]:
    """Yield how the time grows at each doubling that is measurable."""
    apply, is_text = _applied(compiled, method), isinstance(compiled.pattern, str)
    n, before, half = 1, 0.0, None
    while len(text := pump.text(n)) < MAX_CHARACTERS:
        subject: Any = text if is_text else text.encode("latin-1", "replace")
        seconds = _seconds(apply, subject)
        if half is not None and seconds > MAX_RATIO * before and max(before, seconds / 10) > MEASURABLE_SECONDS:
            # Measured again in turns, because another process can slow down a single run.
            runs = [(_seconds(apply, half), _seconds(apply, subject)) for _ in range(_RUNS)]
            yield min(full for _, full in runs) / max(min(smaller for smaller, _ in runs), MEASURABLE_SECONDS)
        elif seconds >= _BUDGET_SECONDS:
            return
        n, before, half = n * 2, seconds, subject


def _applied(compiled: re.Pattern[Any], method: str) -> Callable[[Any], object]:
    if method in ("match", "fullmatch", "search"):
        return getattr(compiled, method)  # type: ignore[no-any-return]
    return lambda text: sum(1 for _ in compiled.finditer(text))


def _seconds(apply: Callable[[Any], object], text: Any) -> float:
    """Return the processor time of one match, at most the budget."""
    # The clock of the thread: Linux counts that of the process in steps of 4 ms while a timer is set.
    started = time.thread_time()
    try:
        with _budget():
            apply(text)
    except _OutOfTime:
        return _BUDGET_SECONDS
    return time.thread_time() - started


@contextmanager
def _budget() -> Iterator[None]:
    """Interrupt a match after the budget. The module `re` looks for signals while it matches."""

    def end(*_: object) -> None:
        raise _OutOfTime

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, _BUDGET_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
