"""The rate of a host after refusals, with a clock of the test."""

import pytest
from tests.scraper.politeness.test_backoff import Clock

from cinestream_scraper.politeness.rate import HostRate


def test_a_refusal_halves_the_rate_and_time_restores_it_step_by_step() -> None:
    """Two refusals quarter the rate. Each interval without one doubles it, up to the full rate."""
    clock = Clock()
    rate = HostRate(2.0, 600, clock)
    rate.halve()
    rate.halve()
    assert (rate.now, rate.slowed) == (0.5, True)
    clock.now += 600
    assert rate.now == 1.0
    clock.now += 600
    assert (rate.now, rate.slowed) == (2.0, False)
    clock.now += 1_000_000
    assert rate.now == 2.0


def test_a_refusal_during_recovery_halves_the_current_rate() -> None:
    """A refusal on the way back halves the rate of that moment, and its interval begins anew."""
    clock = Clock()
    rate = HostRate(2.0, 600, clock)
    for _ in range(3):
        rate.halve()
    clock.now += 1_300
    assert rate.now == 1.0
    rate.halve()
    clock.now += 599
    assert rate.now == 0.5


def test_an_unlimited_rate_is_limited_while_the_host_refuses() -> None:
    """It becomes unlimited again afterwards. The rate never falls to nothing."""
    clock = Clock()
    rate = HostRate(0, 10, clock)
    assert (rate.now, rate.slowed) == (0, False)
    for _ in range(100):
        rate.halve()
    assert 0 < rate.now < 1
    clock.now += 60
    assert rate.now == 0


@pytest.mark.parametrize(
    ("full", "wanted", "now", "lower"), [(0, 0.5, 0.5, True), (1, 0.5, 0.5, True), (1, 2, 1, False)]
)
def test_the_crawl_delay_of_robots_txt_is_a_limit(full: float, wanted: float, now: float, lower: bool) -> None:
    """A slower rate applies, a faster one does not."""
    rate = HostRate(full, 600, Clock())
    assert (rate.limit_to(wanted), rate.now) == (lower, now)
