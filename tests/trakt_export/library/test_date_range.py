"""Exports of some days. They read few pages, and write the rows that a full export has on these days."""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.trakt_export.conftest import command
from tests.trakt_export.export.test_export import run, written
from tests.trakt_export.server import FakeTrakt, Item, movie, play

from cinestream_trakt_export.export.run import Incomplete
from cinestream_trakt_export.letterboxd.diary import local_date
from cinestream_trakt_export.letterboxd.verify import verify_folder
from cinestream_trakt_export.library.date_range import DateRange
from cinestream_trakt_export.library.request import Request
from cinestream_trakt_export.settings import TraktSettings

ZONES = sorted(available_timezones() - {"localtime"})
SECONDS = st.integers(365 * 86400, 253_000_000_000)
pytestmark = pytest.mark.anyio


@pytest.fixture
def library(trakt: FakeTrakt) -> FakeTrakt:
    """Create a library with ten years of plays, many around midnight, and ratings of all films."""
    chance, trakt.max_page_size = random.Random(3), 10
    days = sorted((date(2016, 1, 1) + timedelta(chance.randrange(3650)) for _ in range(300)), reverse=True)
    plays = [
        play(300 - n, movie(chance.randrange(1, 40)), f"{day}T{chance.choice((1, 12, 22, 23)):02}:30:00.000Z")
        for n, day in enumerate(days)
    ]
    unknown = [play(1000 + n, movie(n), "1970-01-01T00:33:00.000Z") for n in range(1, 9)]
    trakt.lists["/sync/history/movies"] = plays + unknown
    trakt.lists["/sync/ratings/movies"] = [
        {"rated_at": f"{chance.choice(days)}T12:00:00.000Z", "rating": n % 10 + 1, "type": "movie", "movie": movie(n)}
        for n in range(1, 40)
    ]
    return trakt


@pytest.mark.parametrize(
    "date_range",
    [
        DateRange(date(2025, 1, 1)),
        DateRange(date(2020, 3, 1), date(2020, 9, 30)),
        DateRange(None, date(2016, 6, 30)),
        DateRange(date(2026, 5, 1), date(2026, 5, 31)),
    ],
)
async def test_the_rows_are_those_of_a_full_export(
    library: FakeTrakt, settings: TraktSettings, tmp_path: Path, date_range: DateRange
) -> None:
    """Rewatches and ratings are the same, although only these days are requested."""
    await run(settings, "history", tmp_path / "all")
    pages = len(library.pages())
    library.log.clear()
    await run(settings, "history", tmp_path / "some", date_range=date_range)
    assert len(library.pages()) < pages - 15
    rows = [line for line in written(tmp_path / "all", "history")[1:] if date_range.contains(line.split(",")[5])]
    assert written(tmp_path / "some", "history")[1:] == rows
    assert not rows or "true" in "".join(rows)


async def test_a_missing_play_of_these_days_is_noticed(
    library: FakeTrakt, settings: TraktSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A play of the same film on the day before does not hide it."""
    history = library.lists["/sync/history/movies"]
    times = library.times()
    times["77"] = ["2025-01-01T12:00:00.000Z", "2024-12-31T12:00:00.000Z"]
    history.insert(0, play(5000, movie(77), "2024-12-31T12:00:00.000Z"))
    monkeypatch.setattr(library, "times", lambda: times)
    with pytest.raises(Incomplete):
        await run(settings, "history", tmp_path, date_range=DateRange(date(2025, 1, 1)))


def test_the_command_has_both_ends(library: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """A list that cannot be requested by days is filtered as well."""
    out, days = tmp_path / "out", ("--since", "2020-03-01", "--until", "2020-09-30")
    library.lists["/sync/watched/movies"] = [
        watched(1, "2020-09-30T21:30:00.000Z"),
        watched(2, "2020-09-30T22:30:00.000Z"),
    ]
    library.lists["/sync/history/movies"] = []
    assert command(settings, "export", "watched", "--out", str(out), *days).returncode == 0
    assert [line.split(",")[0] for line in written(out, "watched")[1:]] == ["1"]
    assert verify_folder(out)[1] == []


@pytest.mark.parametrize("date_range", [DateRange(), DateRange(date(2020, 3, 1)), DateRange(None, date(2020, 9, 30))])
def test_an_interrupted_export_is_resumed_with_its_days(tmp_path: Path, date_range: DateRange) -> None:
    """The identity in a checkpoint gives the same request."""
    request = Request("history", tmp_path, "individual", date_range)
    assert Request.of(request.identity("ann", "https://api.trakt.tv")) == request


def watched(number: int, at: str) -> Item:
    """Return a film that was watched once."""
    return {"plays": 1, "last_watched_at": at, "movie": movie(number)}


@given(zone=st.sampled_from(ZONES), at=SECONDS)
def test_days_are_those_of_the_calendar(zone: str, at: int) -> None:
    """The day is right in every zone at every time, also on days on which the clocks change."""
    there = ZoneInfo(zone)
    assert local_date(at, there) == datetime.fromtimestamp(at, there).date().isoformat()


@given(zone=st.sampled_from(ZONES), since=st.dates(), until=st.dates(), at=SECONDS)
def test_a_date_range_requests_all_of_its_days(zone: str, since: date, until: date, at: int) -> None:
    """A play on one of the days is within the seconds of the range, and within the request to Trakt."""
    date_range, there = DateRange(since, until), ZoneInfo(zone)
    if date_range.contains(local_date(at, there)):
        first, late = date_range.seconds(there)
        moment = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        assert first <= at < late
        assert date_range.query["start_at"] <= moment <= date_range.query["end_at"]
