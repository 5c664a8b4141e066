"""The circuit breaker of a host, with a clock of the test."""

from datetime import UTC, datetime

import pytest

from cinestream_scraper.politeness.backoff import Backoff, retry_after_seconds

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_refusal_pauses_for_the_time_it_states() -> None:
    """The pause ends by itself. A shorter pause does not end a longer one."""
    clock = Clock()
    backoff = Backoff(600, clock)
    assert backoff.seconds_left == 0
    backoff.record_refusal(60, "challenge")
    backoff.record_refusal(5, "429")
    assert (backoff.seconds_left, backoff.reason) == (60, "challenge")
    clock.now += 60
    assert backoff.seconds_left == 0


def test_no_pause_is_longer_than_the_setting() -> None:
    """A site that states a pause of a day is paused for as long as the setting allows."""
    backoff = Backoff(600, Clock())
    backoff.record_refusal(86_400, "429")
    assert backoff.seconds_left == 600


def test_several_failures_in_a_row_pause_each_time_for_longer() -> None:
    """Three consecutive failures pause the host. Each further one doubles the pause."""
    clock = Clock()
    backoff = Backoff(600, clock)
    backoff.record_failure("503")
    backoff.record_failure("503")
    assert (backoff.seconds_left, backoff.failing) == (0, False)
    backoff.record_failure("503")
    assert (backoff.seconds_left, backoff.failing) == (2, True)
    clock.now += 2
    backoff.record_failure("503")
    assert backoff.seconds_left == 4
    clock.now += 4
    backoff.record_success()
    backoff.record_failure("503")
    assert (backoff.seconds_left, backoff.failing) == (0, False)


def test_a_failure_with_retry_after_pauses_at_once() -> None:
    """A site under maintenance returns 503 with Retry-After."""
    backoff = Backoff(600, Clock())
    backoff.record_failure("503", "page", 120)
    assert (backoff.seconds_left, backoff.reason, backoff.failing) == (120, "503", False)
    backoff.record_failure("503", "page", 86_400)
    assert backoff.seconds_left == 600


def test_one_page_that_always_fails_does_not_make_the_host_failing() -> None:
    """One page may fail any number of times, with pauses between. Three different pages make the host failing."""
    backoff = Backoff(600, Clock())
    for _ in range(9):
        backoff.record_refusal(60, "challenge", "/a")
        backoff.record_failure("503", "/b")
    assert backoff.seconds_left
    assert not backoff.failing
    backoff.record_failure("503", "/c")
    assert backoff.failing
    backoff.record_success()
    assert not backoff.failing


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        (" 120 ", 120),
        ("Thu, 01 Jan 2026 12:00:30 GMT", 30),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0),
        ("soon", 30),
        ("-5", 30),
        (None, 30),
    ],
)
def test_retry_after(value: str | None, seconds: float) -> None:
    """The header is a number of seconds or a date. Anything else means the default."""
    assert retry_after_seconds(value, NOW, default=30) == seconds
