"""What is tried again, how often, and what is not."""

import pytest

from cinestream_flow.errors import Invalid, Transient
from cinestream_flow.retry import RetryPolicy, retry

pytestmark = pytest.mark.anyio
QUICK = RetryPolicy(max_attempts=4, initial_delay=0.0, max_delay=0.0)


class Answers:
    """A call that raises each of its errors once, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.calls = list(errors), 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"


async def test_transient_errors_are_tried_again() -> None:
    """Both a plain one and one that says when."""
    call = Answers(Transient("busy"), Transient("busy", retry_after=0.01))
    assert await retry(QUICK, call) == "answer"
    assert call.calls == 3


async def test_the_last_transient_error_is_raised() -> None:
    """No more calls than the policy allows."""
    call = Answers(*(Transient(f"busy {n}", retry_after=0.0) for n in range(9)))
    with pytest.raises(Transient, match="busy 3"):
        await retry(QUICK, call)
    assert call.calls == 4


@pytest.mark.parametrize("error", [Invalid("wrong"), KeyError("a bug")])
async def test_other_errors_are_not_tried_again(error: Exception) -> None:
    """They would fail the same way every time."""
    call = Answers(error)
    with pytest.raises(type(error)):
        await retry(QUICK, call)
    assert call.calls == 1
