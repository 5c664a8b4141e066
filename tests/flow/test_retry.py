"""Retries after transient errors."""

import pytest

from cinestream_flow.errors import Invalid, Transient
from cinestream_flow.retry import RetryPolicy, retry

pytestmark = pytest.mark.anyio
QUICK = RetryPolicy(max_attempts=4, initial_delay=0.0, max_delay=0.0)


class Call:
    """A call that raises each of its errors once and then returns."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.calls = list(errors), 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "result"


async def test_transient_errors_are_retried() -> None:
    """Errors with and without `retry_after` are retried."""
    call = Call(Transient("busy"), Transient("busy", retry_after=0.01))
    assert await retry(QUICK, call) == "result"
    assert call.calls == 3


async def test_last_transient_error_is_raised() -> None:
    """The policy limits the number of calls."""
    call = Call(*(Transient(f"busy {n}", retry_after=0.0) for n in range(9)))
    with pytest.raises(Transient, match="busy 3"):
        await retry(QUICK, call)
    assert call.calls == 4


@pytest.mark.parametrize("error", [Invalid("wrong"), KeyError("a bug")])
async def test_other_errors_are_not_retried(error: Exception) -> None:
    """An invalid input and a bug are raised after the first call."""
    call = Call(error)
    with pytest.raises(type(error)):
        await retry(QUICK, call)
    assert call.calls == 1
