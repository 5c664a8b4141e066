"""The versions of a film, and films over time, with a real nats-server."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import orjson
import pytest
from tests.nats_server import NatsServer
from tests.stream_api.films import PAGE_TIME, movie, publish
from tests.stream_api.http.test_films import films
from tests.stream_api.serving import Api, serving

from cinestream.bus.jetstream import Bus
from cinestream.contracts import Envelope
from cinestream_stream_api.catalogue.removal import remove

pytestmark = pytest.mark.anyio
ID = movie(1).id


async def get(api: Api, path: str, *, status: int = 200, **headers: str) -> Any:
    """Return an answer that has this status."""
    answer = await api.client.get(path, headers={key.replace("_", "-"): value for key, value in headers.items()})
    assert answer.status_code == status, answer.text
    return answer


async def test_versions_come_from_history_newest_first(etl_bus: Bus, stream_bus: Bus) -> None:
    """Each version has the id and the times of its event. Versions beyond the limit are not read."""
    async with serving(stream_bus, stream_ring_events=16) as api:
        await publish(etl_bus, 1, rating=7.0, votes=10)
        await publish(etl_bus, *range(2, 30))
        await publish(etl_bus, 1, rating=7.1, votes=20, revision=2, changed=["rating", "votes"])
        await publish(etl_bus, 1, rating=None, votes=None, revision=3, changed=["rating", "votes"])
        await films(api, at=31)
        answer = (await get(api, f"/api/movies/{ID.upper()}/versions")).json()
        async with api.stream("?last_event_id=earliest&id=" + ID) as stream:
            assert (await anext(stream)).name == "position"
            events = [await anext(stream) for _ in range(3)]
        fields = ("published_at", "page_read_at", "revision", "rating", "votes", "changed")
        expected = [{"id": event.id} | {name: event.json[name] for name in fields} for event in reversed(events)]
        assert answer == {"id": ID, "versions": expected}
        assert [version["votes"] for version in expected] == [None, 20, 10]
        newest = (await get(api, f"/api/movies/{ID}/versions?limit=2")).json()
        assert newest["versions"] == expected[:2]


async def test_versions_have_an_entity_tag(etl_bus: Bus, stream_bus: Bus) -> None:
    """The answer is confirmed until the film changes."""
    await publish(etl_bus, 1, 2)
    async with serving(stream_bus) as api:
        await films(api, at=2)
        path = f"/api/movies/{ID}/versions"
        tag = (await get(api, path)).headers["etag"]
        await publish(etl_bus, 2)
        await films(api, at=3)
        await get(api, path, status=304, If_None_Match=tag)
        await publish(etl_bus, 1, rating=9.0)
        await films(api, at=4)
        assert len((await get(api, path, If_None_Match=tag)).json()["versions"]) == 2


async def test_films_of_older_releases_have_versions(etl_bus: Bus, stream_bus: Bus) -> None:
    """Fields that such a film lacks have their defaults."""
    sent = movie(1).encode(page_time=PAGE_TIME)
    new = ("votes", "revision", "changed")
    old = {name: value for name, value in orjson.loads(sent.body).items() if name not in new}
    await etl_bus.publish(movie(1).subject, Envelope({"Cinestream-Schema": "movie/1"}, orjson.dumps(old)))
    async with serving(stream_bus) as api:
        await films(api, at=1)
        (version,) = (await get(api, f"/api/movies/{ID}/versions")).json()["versions"]
        assert [version[name] for name in (*new, "page_read_at")] == [None, 1, [], None]


async def test_an_absent_film_has_no_versions(etl_bus: Bus, stream_bus: Bus, topology: NatsServer) -> None:
    """An unknown film is a 404 and a removed one a 410. A film that comes back has only its new versions."""
    await publish(etl_bus, 1, 1)
    takedown = await topology.connect("takedown")
    async with serving(stream_bus) as api:
        await films(api, at=2)
        await get(api, f"/api/movies/{movie(2).id}/versions", status=404)
        await remove(takedown, ID)
        await takedown.close()
        await get(api, f"/api/movies/{ID}/versions", status=410)
        assert (await timeline(api, at=3))["events"] == 0
        await etl_bus.publish(movie(1).subject, movie(1).encode(page_time=PAGE_TIME))
        await films(api, at=4)
        assert len((await get(api, f"/api/movies/{ID}/versions")).json()["versions"]) == 1


async def timeline(api: Api, query: str = "", *, at: int) -> Any:
    """Return a timeline as of at least this sequence."""
    await films(api, at=at)
    while True:
        found = (await get(api, f"/api/timeline{query}")).json()
        if int(found["last_event_id"].partition("-")[2]) >= at:
            return found


async def test_the_timeline_counts_films_and_events(etl_bus: Bus, stream_bus: Bus) -> None:
    """Each film counts once in a bucket and once in total. The range is that of history, or that of the query."""
    async with serving(stream_bus) as api:
        assert await timeline(api, at=0) == {
            "last_event_id": (await films(api, at=0))["last_event_id"],
            "since": None,
            "until": None,
            "films": 0,
            "events": 0,
            "buckets": [],
        }
        await publish(etl_bus, 1, 2, 1, 3, 1, 1)
        everything = await timeline(api, at=6)
        assert (everything["films"], everything["events"], len(everything["buckets"])) == (3, 6, 50)
        assert sum(bucket["events"] for bucket in everything["buckets"]) == 6
        assert everything["buckets"][0]["start"] == everything["since"]
        stored = [await etl_bus.read("MOVIES", start=number, limit=1) for number in (1, 6)]
        first, last = (f"{one.time.isoformat(timespec='milliseconds')[:23]}Z" for (one,) in stored)
        assert everything["since"] == first
        assert datetime.fromisoformat(everything["until"]) - datetime.fromisoformat(last) == timedelta(milliseconds=1)
        one = await timeline(api, "?buckets=1&id=" + ID, at=6)
        assert one["buckets"] == [{"start": first, "films": 1, "events": 4}]
        hours = await timeline(api, f"?buckets=3&since={first}&until=2099-01-01", at=6)
        assert [bucket["events"] for bucket in hours["buckets"]] == [6, 0, 0]
        assert hours["until"] == "2099-01-01T00:00:00.000Z"
        before = await timeline(api, f"?buckets=2&until={first}", at=6)
        assert (before["events"], before["until"]) == (0, first)
        starts = [datetime.fromisoformat(bucket["start"]) for bucket in everything["buckets"]]
        assert all(earlier <= later for earlier, later in pairwise(starts))


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("buckets=0", "buckets"),
        ("buckets=501", "buckets"),
        ("since=yesterday", "since"),
        ("until=live", "until"),
        ("since=2026-01-02&until=2026-01-02", "until"),
    ],
)
async def test_an_invalid_range_is_a_400(stream_bus: Bus, query: str, parameter: str) -> None:
    """The error names the parameter."""
    async with serving(stream_bus) as api:
        answer = await get(api, f"/api/timeline?{query}", status=400)
        assert answer.json()["errors"][0]["parameter"] == parameter
