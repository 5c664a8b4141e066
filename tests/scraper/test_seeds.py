"""The seeds as the setting states them."""

import pytest

from cinestream_scraper.crawl.schedule import scheduled
from cinestream_scraper.seeds import parse_seeds


def test_seeds_are_targets_with_and_without_a_period() -> None:
    """One list holds targets with and without a period."""
    once, again = parse_seeds("tt0111161, chart:top@24h,")
    assert (once.request.target, once.every) == ("tt0111161", None)
    assert (again.request.target, again.every) == ("chart:top", 86_400)
    assert parse_seeds("") == parse_seeds("none") == ()


@pytest.mark.parametrize("text", ["nonsense", "tt0111161@", "tt0111161@soon", "chart:top@0s", "tt0111161,tt0111161@5s"])
def test_wrong_seeds_are_refused(text: str) -> None:
    """Refused are a wrong target, a wrong period, and a target that is listed twice."""
    with pytest.raises(ValueError, match=r"nonsense|tt0111161|chart:top"):
        parse_seeds(text)


def test_a_scheduled_seed_is_read_even_when_fresh() -> None:
    """The server repeats the forced request on the subject of due requests."""
    (seed,) = parse_seeds("tt0111161@10s")
    envelope = scheduled(seed)
    assert envelope.headers["Nats-Schedule"] == "@every 10s"
    assert envelope.headers["Nats-Schedule-Target"] == "cinestream.schedules.due.title.tt0111161"
    assert b'"force":true' in envelope.body
