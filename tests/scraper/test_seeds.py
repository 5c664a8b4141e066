"""Seeds and durations as people write them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinestream_scraper.crawl.schedule import scheduled
from cinestream_scraper.duration import parse_duration
from cinestream_scraper.seeds import parse_seeds


@pytest.mark.parametrize(
    ("text", "seconds"), [("45", 45), ("45s", 45), ("30m", 1800), ("24h", 86_400), ("7 d", 604_800), ("0.5", 0.5)]
)
def test_durations(text: str, seconds: float) -> None:
    """A number is seconds, a letter after it says what else."""
    assert parse_duration(text) == seconds


@given(st.text("0123456789.smhd @-x٣", max_size=8))
def test_any_text_is_a_duration_or_refused(text: str) -> None:
    """Whatever is written, the answer is a length of time or a sentence."""
    if re.fullmatch(r" *[0-9]+(\.[0-9]{1,3})? *[smhd]? *", text):
        assert parse_duration(text) >= 0
    else:
        with pytest.raises(ValueError, match="is no duration"):
            parse_duration(text)


def test_seeds_are_targets_with_and_without_a_period() -> None:
    """What is asked for once and what is asked for again stand in one list."""
    once, again = parse_seeds("tt0111161, chart:top@24h,")
    assert (once.request.target, once.every) == ("tt0111161", None)
    assert (again.request.target, again.every) == ("chart:top", 86_400)
    assert parse_seeds("") == parse_seeds("none") == ()


@pytest.mark.parametrize("text", ["nonsense", "tt0111161@", "tt0111161@soon", "chart:top@0s", "tt0111161,tt0111161@5s"])
def test_wrong_seeds_are_refused(text: str) -> None:
    """A target that is none, a period that is none, and a target that comes twice."""
    with pytest.raises(ValueError, match=r"nonsense|tt0111161|chart:top"):
        parse_seeds(text)


def test_a_scheduled_seed_is_read_even_when_fresh() -> None:
    """The server repeats the request with force, on the subject of what is due."""
    (seed,) = parse_seeds("tt0111161@10s")
    envelope = scheduled(seed)
    assert envelope.headers["Nats-Schedule"] == "@every 10s"
    assert envelope.headers["Nats-Schedule-Target"] == "cinestream.schedules.due.title.tt0111161"
    assert b'"force":true' in envelope.body
