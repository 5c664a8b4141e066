"""Streams with an end, and the answer to a client that comes back to one."""

import json
from datetime import UTC, datetime, timedelta

import anyio
import pytest
from prometheus_client import CollectorRegistry
from tests.stream_api.films import publish
from tests.stream_api.serving import STREAM, Api, serving
from tests.stream_api.sse import Event, take

from cinestream.bus.jetstream import Bus
from cinestream.contracts.removed import Removed
from cinestream_stream_api.events.event import view_of
from cinestream_stream_api.events.filters import EVERYTHING
from cinestream_stream_api.events.frames import Wire
from cinestream_stream_api.events.request import StreamRequest
from cinestream_stream_api.events.resume import Earliest
from cinestream_stream_api.metrics import StreamMetrics
from cinestream_stream_api.process.parts import make_parts
from cinestream_stream_api.settings import StreamSettings
from cinestream_stream_api.stream.opening import Asked, Opening
from cinestream_stream_api.stream.stream_end import StreamEnd

pytestmark = pytest.mark.anyio


def short(found: list[Event]) -> list[str]:
    """Return each event as `name sequence`."""
    return [f"{event.name} {event.sequence}" for event in found if event.name != ":"]


async def whole(api: Api, query: str, **headers: str) -> list[Event]:
    """Return all events of a stream that ends by itself."""
    with anyio.fail_after(60):
        async with api.stream(query, **headers) as stream:
            return [event async for event in stream]


class Ended:
    """The connection of a stream, which remembers why it ended."""

    reason = ""

    def end(self, reason: str) -> None:
        """End the stream."""
        self.reason = reason


async def test_an_end_in_a_stream_that_is_gone_has_come(etl_bus: Bus, stream_bus: Bus) -> None:
    """The stream was recreated while the start was searched for. The old end is no place in the new one."""
    await publish(etl_bus, 1)
    parts = make_parts(stream_bus, StreamSettings(), StreamMetrics(CollectorRegistry()))
    await parts.tail.start()
    view = view_of(Wire.SSE, EVERYTHING)
    opening = Opening(Asked(StreamRequest(Earliest()), view, StreamEnd(9000, epoch="gone")), parts.streams.sources, 0)
    assert b"event: position" in await opening.begin()
    assert opening.subscriber
    opening.subscriber.attach(ended := Ended())  # type: ignore[arg-type]
    assert opening.subscriber.next_chunks() == b""
    assert ended.reason == "until"


async def test_a_stream_ends_at_what_is_stored(etl_bus: Bus, stream_bus: Bus) -> None:
    """With `until=live` every format ends with the position, from the ring and from history."""
    await publish(etl_bus, *range(1, 41))
    async with serving(stream_bus, stream_ring_events=16) as api:
        all_films = [f"movie {n}" for n in range(1, 41)]
        download = short(await whole(api, "?last_event_id=earliest&until=live"))
        assert download == ["position 0", *all_films, "position 40"]
        unnamed = short(await whole(api, "?replay=2&until=live&event=message"))
        assert unnamed == ["position 38", "message 39", "message 40", "position 40"]
        answer = await api.client.get(f"{STREAM}?replay=1&until=live", headers={"Accept": "application/x-ndjson"})
        assert [json.loads(line)["event"] for line in answer.text.splitlines()] == ["position", "movie", "position"]
        assert short(await whole(api, "?until=live")) == ["position 40", "position 40"]
        assert api.metric("disconnects_total", reason="until") == 4


async def test_a_stream_ends_after_an_id(etl_bus: Bus, stream_bus: Bus) -> None:
    """The event with that id is the last one, also for a replay. An end before the start closes at once.

    A later end is waited for.
    """
    await publish(etl_bus, *range(1, 41))
    async with serving(stream_bus, stream_ring_events=16) as api:
        (first, *_, last) = await whole(api, "?last_event_id=earliest&until=live")
        epoch = last.id.partition("-")[0]
        query = f"?last_event_id={epoch}-28&until={epoch}-31"
        assert short(await whole(api, query)) == ["position 28", "movie 29", "movie 30", "movie 31", "position 31"]
        query = f"?last_event_id={first.id}&until={epoch}-2"
        assert short(await whole(api, query)) == ["position 0", "movie 1", "movie 2", "position 2"]
        assert short(await whole(api, f"?until={epoch}-3")) == ["position 40", "position 40"]
        for distinct in ("", "&distinct=true"):
            query = f"?replay=2&until={epoch}-3{distinct}"
            assert short(await whole(api, query)) == ["position 1", "movie 2", "movie 3", "position 3"]
            query = f"?replay=1&until={epoch}-39{distinct}"
            assert short(await whole(api, query)) == ["position 38", "movie 39", "position 39"]
        async with api.stream(f"?until={epoch}-42") as stream:
            assert (await anext(stream)).sequence == 40
            await publish(etl_bus, 41, 42, 43)
            assert short([event async for event in stream]) == ["movie 41", "movie 42", "position 42"]
        for wrong, reason in ((f"x{epoch}-3", "another stream"), ("soon", "expected live, an id")):
            answer = await api.client.get(f"{STREAM}?until={wrong}")
            assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "until")
            assert reason in answer.json()["detail"]


async def test_a_stream_ends_at_a_time(etl_bus: Bus, stream_bus: Bus) -> None:
    """Films stored before that time are sent. A time in the future ends the stream when it comes."""
    await publish(etl_bus, 1, 2, 3)
    third = (await stream_bus.read("MOVIES", start=3, limit=1))[0].time.isoformat().replace("+", "%2B")
    async with serving(stream_bus) as api:
        query = f"?last_event_id=earliest&until={third}"
        assert short(await whole(api, query)) == ["position 0", "movie 1", "movie 2", "position 2"]
        assert short(await whole(api, f"?replay=1&until={third}")) == ["position 1", "movie 2", "position 2"]
        soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat().replace("+", "%2B")
        async with api.stream(f"?until={soon}") as stream:
            assert (await anext(stream)).sequence == 3
            await publish(etl_bus, 4)
            assert short([event async for event in stream]) == ["movie 4", "position 4"]


async def test_a_client_that_comes_back_with_nothing_left_is_stopped(etl_bus: Bus, stream_bus: Bus) -> None:
    """A 204 stops an EventSource, also if its filter hides what is new. Otherwise it gets what is new."""
    await publish(etl_bus, *range(1, 5), genre=["Drama"])
    async with serving(stream_bus) as api:
        for query in ("?replay=2&until=live", "?until=live&genre=war", "?since=2020-01-01&until=2021-01-01"):
            last = (await whole(api, query))[-1].id
            for method in ("GET", "HEAD"):
                for accept in ("text/event-stream", "application/x-ndjson"):
                    headers = {"Last-Event-ID": last, "Accept": accept}
                    answer = await api.client.request(method, f"{STREAM}{query}", headers=headers)
                    assert (answer.status_code, answer.content) == (204, b"")
        last = (await whole(api, "?replay=1&until=live"))[-1].id
        await publish(etl_bus, 5, genre=["Drama"])
        await published(api, 5)
        hidden = await api.client.get(f"{STREAM}?until=live&genre=war", headers={"Last-Event-ID": last})
        assert hidden.status_code == 204
        again = await whole(api, "?replay=1&until=live", Last_Event_ID=last)
        assert short(again) == ["position 4", "movie 5", "position 5"]
        assert api.metric("clients", state="live") == api.metric("clients", state="catching-up") == 0


async def published(api: Api, sequence: int) -> None:
    """Wait until the service has an event."""
    with anyio.fail_after(60):
        await api.until("position", sequence)


async def test_a_replay_of_distinct_films_has_each_once(etl_bus: Bus, stream_bus: Bus) -> None:
    """The last films come in the order of their newest versions. What comes after them is live."""
    await publish(etl_bus, 1, 2, 3, *range(1, 31))
    for rating in (1.0, 2.0, 3.0):
        await publish(etl_bus, 1, 2, rating=rating)  # 34 to 39
    async with serving(stream_bus, stream_ring_events=16) as api:
        async with api.stream("?replay=3&distinct=true") as stream:
            assert short(await take(stream, 5)) == ["position 32", "movie 33", "movie 38", "movie 39", "live 39"]
            await publish(etl_bus, 1, 1)
            assert short([await anext(stream), await anext(stream)]) == ["movie 40", "movie 41"]
        films = (await whole(api, "?last_event_id=earliest&distinct=true&until=live"))[1:-1]
        assert [event.sequence for event in films] == [*range(6, 34), 39, 41]
        assert len({event.json["id"] for event in films}) == len(films) == 30


async def test_a_removed_film_is_not_among_distinct_films(etl_bus: Bus, stream_bus: Bus) -> None:
    """Neither its versions nor its place in the count remain."""
    await publish(etl_bus, 1, 2, 3, 2)
    async with serving(stream_bus) as api:
        removed = Removed("tt0000002", datetime.now(UTC))
        await etl_bus.publish(removed.subject, removed.encode())
        await published(api, 5)
        found = await whole(api, "?replay=2&distinct=true&until=live")
        assert short(found) == ["position 0", "movie 1", "movie 3", "removed 5", "position 5"]
