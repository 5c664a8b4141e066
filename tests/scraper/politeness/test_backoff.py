"""The breaker of a host, on a clock of the test's own."""

from datetime import UTC, datetime

import pytest

from cinestream_scraper.politeness.backoff import Backoff, retry_after_seconds

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_refusal_pauses_for_as_long_as_it_says_and_no_longer() -> None:
    """The pause ends by itself; a shorter one does not cut a longer one."""
    clock = Clock()
    backoff = Backoff(600, clock)
    assert backoff.seconds_left == 0
    backoff.record_refusal(60, "challenge")
    backoff.record_refusal(5, "429")
    assert (backoff.seconds_left, backoff.reason) == (60, "challenge")
    clock.now += 60
    assert backoff.seconds_left == 0


def test_no_pause_is_longer_than_the_setting() -> None:
    """A site that says "come back tomorrow" is asked again when the setting says."""
    backoff = Backoff(600, Clock())
    backoff.record_refusal(86_400, "429")
    assert backoff.seconds_left == 600


def test_single_failures_do_not_pause_but_several_in_a_row_do_each_time_longer() -> None:
    """One page that fails is the page; three in a row are the host."""
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


def test_a_failure_that_says_when_to_come_back_pauses_at_once() -> None:
    """A 503 with Retry-After, as of a site that is maintained."""
    backoff = Backoff(600, Clock())
    backoff.record_failure("503", "page", 120)
    assert (backoff.seconds_left, backoff.reason, backoff.failing) == (120, "503", False)
    backoff.record_failure("503", "page", 86_400)
    assert backoff.seconds_left == 600


def test_one_page_that_always_fails_is_not_the_host() -> None:
    """However often it is read again, and though the host is paused meanwhile; three different pages are."""
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
    """A number of seconds or a date; anything else is the default."""
    assert retry_after_seconds(value, NOW, default=30) == seconds
