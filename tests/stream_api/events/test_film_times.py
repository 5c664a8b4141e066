"""The times that a film gets on its way to clients."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.stream_api.films import PAGE_TIME, movie

from cinestream.bus.jetstream import nats_time
from cinestream.contracts.movie import PAGE_TIME as HEADER
from cinestream_stream_api.events.event import film
from cinestream_stream_api.events.position import Position

TIMES = ("published_at", "page_read_at")


def shown(body: bytes, headers: dict[str, str], stored_at: datetime | None = None) -> tuple[dict[str, object], bytes]:
    """Return the film that clients get, decoded and as bytes. It has no name twice."""
    data = film(Position("e", 1), {"Cinestream-Schema": "movie/1", **headers}, body, stored_at).data
    pairs = json.loads(data, object_pairs_hook=list)
    assert len(dict(pairs)) == len(pairs)
    return json.loads(data), data


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(), st.integers(-1439, 1439))
def test_times_are_utc_with_milliseconds(stored: datetime, read: datetime, offset: int) -> None:
    """Both times are RFC 3339 in UTC. Microseconds are cut, and the stored body stays in front of them."""
    body = movie(1).encode(page_time=PAGE_TIME).body
    aware = read.replace(tzinfo=timezone(timedelta(minutes=offset)))
    found, data = shown(body, {HEADER: aware.isoformat()}, stored)
    assert data.startswith(body[:-1].replace("\u2028".encode(), rb"\u2028") + b',"published_at":')
    published = str(found["published_at"])
    assert len(published) == len("2026-11-21T08:00:00.000Z")
    assert stored - datetime.fromisoformat(published) < timedelta(milliseconds=1)
    if found["page_read_at"] is not None:  # the UTC time may be before the first year
        assert aware - datetime.fromisoformat(str(found["page_read_at"])) < timedelta(milliseconds=1)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-11-01T00:00:00", "0001-01-01T00:00:00+12:00", "\xff" * 5000])
def test_an_invalid_page_time_is_null(text: str) -> None:
    """A film of another program may have a header that is no time. Without a header the value is null too."""
    body = movie(1).encode(page_time=PAGE_TIME).body
    for headers in ({HEADER: text}, {}):
        found, _ = shown(body, headers)
        assert {name: found[name] for name in TIMES} == {"published_at": None, "page_read_at": None}


@pytest.mark.parametrize("spaces", [b"", b"\n", b" \r\n\t"])
@pytest.mark.parametrize("names", [TIMES, TIMES[:1], TIMES[1:]])
def test_a_stored_time_is_replaced(names: tuple[str, ...], spaces: bytes) -> None:
    """A body that has the fields already does not get them twice, and its own values are dropped."""
    stored = movie(1).model_dump(mode="json")
    body = json.dumps(dict.fromkeys(names, "1999-01-01T00:00:00Z") | stored).encode() + spaces
    found, _ = shown(body, {HEADER: "2026-11-01T02:00:00.5+02:00"}, nats_time("2026-11-21T08:00:00.123456789Z"))
    assert found == stored | {"published_at": "2026-11-21T08:00:00.123Z", "page_read_at": "2026-11-01T00:00:00.500Z"}


def test_etl_does_not_write_the_times() -> None:
    """The contract that etl stores has no such fields, so they are in no fingerprint and in no list of changes."""
    assert not set(TIMES) & set(movie(1).model_dump())
