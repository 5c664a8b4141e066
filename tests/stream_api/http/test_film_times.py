"""The times of films in every answer, with a real nats-server."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from tests.stream_api.films import movie, publish
from tests.stream_api.http.test_films import films
from tests.stream_api.serving import STREAM, serving

from cinestream.bus.jetstream import Bus

pytestmark = pytest.mark.anyio


async def test_a_film_is_the_same_live_and_from_history(etl_bus: Bus, stream_bus: Bus) -> None:
    """Live and history give the same bytes, in both formats. The other answers have the same times."""
    async with serving(stream_bus, stream_ring_events=16) as api:
        async with api.stream() as stream:
            await anext(stream)
            await publish(etl_bus, 1)
            live = await anext(stream)
        stored = await etl_bus.last_message("MOVIES", movie(1).subject)
        await publish(etl_bus, *range(2, 40))
        async with api.stream("?last_event_id=earliest") as stream:
            assert (await anext(stream)).name == "position"
            replayed = await anext(stream)
        assert (replayed.id, replayed.data) == (live.id, live.data)
        headers = {"Accept": "application/x-ndjson"}
        async with api.client.stream("GET", f"{STREAM}?last_event_id=earliest", headers=headers) as lines:
            found = lines.aiter_lines()
            await anext(found)
            assert orjson.loads(await anext(found))["data"] == live.json
        times = {name: live.json[name] for name in ("published_at", "page_read_at")}
        assert stored is not None
        assert times["page_read_at"] == "2026-11-01T00:00:00.000Z"
        assert stored.time - datetime.fromisoformat(times["published_at"]) < timedelta(milliseconds=1)
        assert datetime.now(UTC) - stored.time < timedelta(minutes=1)
        page = await films(api, at=39)
        alone = (await api.client.get(f"/api/movies/{movie(1).id}")).json()
        director = (await api.client.get("/api/directors/frank%20darabont")).json()["directors"][0]
        for answer in (page["movies"][-1], alone, director["movies"][-1]):
            assert answer["id"] == movie(1).id
            assert {name: answer[name] for name in times} == times
