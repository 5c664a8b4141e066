"""Try again, later and later: stamina's backoff with jitter, behind this project's verdicts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import stamina

from cinestream_flow.errors import Transient

T = TypeVar("T")


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how soon. Delays are seconds; the n-th is `initial_delay * backoff_factor ** n`, plus jitter.

    Args:
        max_attempts: calls in all, the first included.
        max_delay: no wait is longer, but for one that the other side asked for by `Transient.retry_after`.
    """

    max_attempts: int = 5
    initial_delay: float = 0.5
    max_delay: float = 30.0
    backoff_factor: float = 2.0


ONCE = RetryPolicy(max_attempts=1)


def transient(error: Exception) -> bool:
    """Whether a call that raised this may succeed later: the usual view."""
    return isinstance(error, Transient)


async def retry(
    policy: RetryPolicy, call: Callable[[], Awaitable[T]], *, retryable: Callable[[Exception], bool] = transient
) -> T:
    """What `call` returns; called again only after what is `retryable`, the last of which is raised in the end."""

    def when(error: Exception) -> bool | float:
        if not retryable(error):
            return False
        wait = error.retry_after if isinstance(error, Transient) else None
        return True if wait is None else wait

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
