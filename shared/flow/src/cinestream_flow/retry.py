"""Retries with exponential backoff and jitter, by stamina, for errors of this library."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import stamina

from cinestream_flow.errors import Transient

T = TypeVar("T")


@dataclass(frozen=True)
class RetryPolicy:
    """The number of attempts and the delays between them.

    The delay before retry n (from 0) is `initial_delay * backoff_factor ** n` seconds plus jitter.

    Args:
        max_attempts: Calls in total, the first one included.
        initial_delay: Seconds before the first retry.
        max_delay: Upper limit of a delay in seconds. `Transient.retry_after` overrides it.
        backoff_factor: Growth of the delay from one retry to the next.
    """

    max_attempts: int = 5
    initial_delay: float = 0.5
    max_delay: float = 30.0
    backoff_factor: float = 2.0


ONCE = RetryPolicy(max_attempts=1)


def is_transient(error: Exception) -> bool:
    """Return True for `Transient` errors, the default rule for retries."""
    return isinstance(error, Transient)


async def retry(
    policy: RetryPolicy, call: Callable[[], Awaitable[T]], *, retryable: Callable[[Exception], bool] = is_transient
) -> T:
    """Call a function until it succeeds, and return its result.

    Args:
        policy: Limits of the attempts and delays.
        call: Function to call. It must be safe to call again after an error.
        retryable: Returns True for errors after which another attempt makes sense.

    Raises:
        Exception: The first error that is not retryable, or the error of the last attempt.
    """

    def when(error: Exception) -> bool | float:
        if not retryable(error):
            return False
        delay = error.retry_after if isinstance(error, Transient) else None
        return True if delay is None else delay

    async for attempt in stamina.retry_context(
        on=when,
        attempts=policy.max_attempts,
        timeout=None,
        wait_initial=policy.initial_delay,
        wait_max=policy.max_delay,
        wait_jitter=min(policy.initial_delay, 1.0),
        wait_exp_base=policy.backoff_factor,
    ):
        with attempt:
            return await call()
    raise AssertionError("stamina ends with a result or an error")
