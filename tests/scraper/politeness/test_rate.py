"""How fast a host is asked after it refused, on a clock of the test's own."""

import pytest
from tests.scraper.politeness.test_backoff import Clock

from cinestream_scraper.politeness.rate import HostRate


def test_a_refusal_halves_the_rate_and_time_restores_it_step_by_step() -> None:
    """Two refusals make a quarter; each while without one doubles it, up to what it was."""
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


def test_a_refusal_on_the_way_back_halves_what_it_is_then() -> None:
    """And the while begins anew."""
    clock = Clock()
    rate = HostRate(2.0, 600, clock)
    for _ in range(3):
        rate.halve()
    clock.now += 1_300
    assert rate.now == 1.0
    rate.halve()
    clock.now += 599
    assert rate.now == 0.5


def test_an_unlimited_rate_becomes_one_while_the_host_refuses() -> None:
    """It is unlimited again afterwards; and however often a host refuses, it is asked now and then."""
    clock = Clock()
    rate = HostRate(0, 10, clock)
    assert (rate.now, rate.slowed) == (0, False)
    for _ in range(100):
        rate.halve()
    assert 0 < rate.now < 1
    clock.now += 60
    assert rate.now == 0


@pytest.mark.parametrize(
    ("full", "asked", "now", "lower"), [(0, 0.5, 0.5, True), (1, 0.5, 0.5, True), (1, 2, 1, False)]
)
def test_what_robots_txt_asks_for_is_a_bound(full: float, asked: float, now: float, lower: bool) -> None:
    """A slower rate is taken over, a faster one is not."""
    rate = HostRate(full, 600, Clock())
    assert (rate.limit_to(asked), rate.now) == (lower, now)
