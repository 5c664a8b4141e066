"""The circuit breaker: after some faults in a row nobody is let through for a while, then one, as a test."""

import time
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import TypeVar

from cinestream_flow.errors import Transient

T = TypeVar("T")


class State(Enum):
    """Where a circuit is. Half-open: one call is under way to find out whether the other side is back."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class CircuitOpen(Transient):
    """Not asked: the other side failed too often a moment ago. `retry_after` says when it is asked again."""


class CircuitBreaker:
    """One circuit.

    Args:
        name: who is on the other side, for messages.
        failures: faults in a row that open it.
        open_for: seconds until one call is let through.
        counts: which errors are faults of the other side; others leave the circuit as it is.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        name: str,
        *,
        failures: int = 5,
        open_for: float = 30.0,
        counts: Callable[[Exception], bool] = lambda error: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._failures, self._open_for, self._counts, self._clock = failures, open_for, counts, clock
        self._in_a_row = 0
        self._opened_at: float | None = None
        self._testing = False

    def configure(self, *, failures: int, open_for: float) -> None:
        """Other limits from now on; calls in flight and an open circuit are not disturbed."""
        self._failures, self._open_for = failures, open_for

    @property
    def state(self) -> State:
        """Where the circuit is now."""
        if self._opened_at is None:
            return State.CLOSED
        return State.HALF_OPEN if self._testing else State.OPEN

    async def call(self, function: Callable[[], Awaitable[T]]) -> T:
        """What `function` returns; raises CircuitOpen without calling it while the circuit is open."""
        test = self._admit()
        try:
            result = await function()
        except Exception as error:
            self._failed(test) if self._counts(error) else self._answered(test)
            raise
        except BaseException:  # cancelled: nothing was learnt
            self._testing = self._testing and not test
            raise
        self._answered(test)
        return result

    def _admit(self) -> bool:
        """Whether this call is the test of an open circuit; raises CircuitOpen for one that must not be made."""
        if self._opened_at is None:
            return False
        wait = self._opened_at + self._open_for - self._clock()
        if self._testing or wait > 0:
            # While one call is the test, the others give it time: they would use up their attempts before it answers.
            later = max(wait, self._open_for / 10, 0.1)
            raise CircuitOpen(f"{self.name} failed {self._in_a_row} times in a row", retry_after=later)
        self._testing = True
        return True

    def _failed(self, test: bool) -> None:
        self._in_a_row += 1
        if test or (self._opened_at is None and self._in_a_row >= self._failures):
            self._opened_at = self._clock()
        self._testing = self._testing and not test

    def _answered(self, test: bool) -> None:
        """The other side answered. A late answer to a call from before the circuit opened does not close it."""
        if test:
            self._opened_at, self._testing = None, False
        if self._opened_at is None:
            self._in_a_row = 0
