"""A circuit breaker that stops calls to a failing server and tests it with a single call later."""

import time
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import TypeVar

from cinestream_flow.errors import Transient
from cinestream_flow.message import Message

T = TypeVar("T")


class CircuitState(Enum):
    """The state of a circuit. In HALF_OPEN one test call is in progress and all others are refused."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class CircuitOpen(Transient):
    """The call was not made because the server failed too often. `retry_after` is the time until the next test call."""


class CircuitBreaker:
    """The circuit of one server.

    Args:
        name: Name of the server, for error messages.
        failures: Consecutive failures that open the circuit.
        open_for: Seconds until a test call is let through.
        is_failure: Returns True for errors that mean that the server is failing. After other errors the circuit stays
            as it is, because the server has answered.
        clock: Monotonic clock in seconds.
    """

    def __init__(
        self,
        name: str,
        *,
        failures: int = 5,
        open_for: float = 30.0,
        is_failure: Callable[[Exception], bool] = lambda error: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._failures, self._open_for, self._is_failure, self._clock = failures, open_for, is_failure, clock
        self._consecutive_failures = 0
        self._opened_at: float | None = None
        self._testing = False

    def configure(self, *, failures: int, open_for: float) -> None:
        """Change the limits. Calls in progress and an open circuit are not affected."""
        self._failures, self._open_for = failures, open_for

    @property
    def state(self) -> CircuitState:
        """The current state of the circuit."""
        if self._opened_at is None:
            return CircuitState.CLOSED
        return CircuitState.HALF_OPEN if self._testing else CircuitState.OPEN

    async def call(self, function: Callable[[], Awaitable[T]]) -> T:
        """Call a function and return its result.

        Raises:
            CircuitOpen: The circuit is open, and the function was not called.
        """
        is_test = self._admit()
        try:
            result = await function()
        except Exception as error:
            self._on_failure(is_test) if self._is_failure(error) else self._on_answer(is_test)
            raise
        except BaseException:
            # A cancelled test call says nothing about the server: let the next call be the test.
            self._testing = self._testing and not is_test
            raise
        self._on_answer(is_test)
        return result

    def _admit(self) -> bool:
        """Return True if this call is the test of an open circuit.

        Raises:
            CircuitOpen: The call must not be made.
        """
        if self._opened_at is None:
            return False
        delay = self._opened_at + self._open_for - self._clock()
        if self._testing or delay > 0:
            # During a test call the delay is already over. Without a lower limit the other callers would use up all
            # their retries before the test call returns.
            retry_after = max(delay, self._open_for / 10, 0.1)
            count = self._consecutive_failures
            message = Message("{name} failed {count} times in a row", name=self.name, count=count)
            raise CircuitOpen(message, retry_after=retry_after)
        self._testing = True
        return True

    def _on_failure(self, is_test: bool) -> None:
        self._consecutive_failures += 1
        if is_test or (self._opened_at is None and self._consecutive_failures >= self._failures):
            self._opened_at = self._clock()
        self._testing = self._testing and not is_test

    def _on_answer(self, is_test: bool) -> None:
        # A late answer to a call from before the circuit opened does not close it: only the test call does.
        if is_test:
            self._opened_at, self._testing = None, False
        if self._opened_at is None:
            self._consecutive_failures = 0
