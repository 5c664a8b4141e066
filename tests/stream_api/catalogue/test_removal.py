"""The removal of a film: no endpoint shows it, all clients are removals, and a later page brings it back."""

import json
import os
import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import anyio
import pytest
from tests.etl.pages import START, SamplePage
from tests.main_function import run_main
from tests.nats_server import NatsServer
from tests.stream_api.films import movie, publish
from tests.stream_api.serving import STREAM, Api, serving
from tests.stream_api.sse import Event

from cinestream.bus.jetstream import Bus
from cinestream.contracts import subjects
from cinestream_etl.directors import DirectorRecord
from cinestream_etl.service import settle_page
from cinestream_etl.store.versions import Decision
from cinestream_stream_api.__main__ import main
from cinestream_stream_api.catalogue.removal import Removal, remove

pytestmark = pytest.mark.anyio
FILM = movie(1).id


@pytest.fixture
async def takedown_bus(topology: NatsServer) -> AsyncIterator[Bus]:
    """Connect with the permissions of `takedown`."""
    bus = await topology.connect("takedown")
    yield bus
    await bus.close()


async def until(stream: AsyncIterator[Event], name: str) -> list[Event]:
    """Return the events up to and including the first one of that name."""
    events = []
    with anyio.fail_after(60):
        async for event in stream:
            events.append(event)
            if event.name == name:
                return events
    raise AssertionError(f"the stream ended without {name}")


async def history(api: Api) -> list[tuple[str, str]]:
    """Return the name and the film of each `movie` and `removed` event in history."""
    async with api.stream("?last_event_id=earliest") as stream:
        events = await until(stream, "live")
    return [(e.name, e.json["id"]) for e in events if e.name in ("movie", "removed")]


async def test_every_open_stream_of_every_replica_gets_the_removal(
    etl_bus: Bus, takedown_bus: Bus, topology: NatsServer
) -> None:
    """The removal passes all filters and formats, and clients resume from its id on any replica."""
    await publish(etl_bus, 1, 2)
    buses = [await topology.connect("stream-api") for _ in range(2)]
    async with (
        serving(buses[0]) as one,
        serving(buses[1]) as two,
        one.stream("?genre=western") as filtered,
        two.stream("?event=message") as unnamed,
        two.client.stream("GET", STREAM, headers={"Accept": "application/x-ndjson"}) as ndjson,
    ):
        lines = ndjson.aiter_lines()
        await anext(lines)
        assert await remove(takedown_bus, FILM) is Removal.REMOVED
        removals = [(await until(stream, "removed"))[-1] for stream in (filtered, unnamed)]
        assert [event.json for event in removals] == [{"id": FILM}] * 2
        with anyio.fail_after(60):
            assert json.loads(await anext(lines)) == {"id": removals[0].id, "event": "removed", "data": {"id": FILM}}
        assert removals[0].id == removals[1].id
        await publish(etl_bus, 3)
        async with one.stream(Last_Event_ID=removals[0].id) as resumed:
            assert [e.sequence for e in await until(resumed, "movie")] == [
                removals[0].sequence,
                removals[0].sequence + 1,
            ]
    for bus in buses:
        await bus.close()


@pytest.mark.parametrize("ring", [16, 8192], ids=["from pages", "from the ring"])
async def test_no_endpoint_shows_a_removed_film(etl_bus: Bus, stream_bus: Bus, takedown_bus: Bus, ring: int) -> None:
    """A client that resumes before the removal gets only the `removed` event of the film."""
    await publish(etl_bus, 1, *range(2, 60), 1)
    async with serving(stream_bus, stream_ring_events=ring) as api:
        async with api.stream("?last_event_id=earliest") as stream:
            position = (await until(stream, "movie"))[-1].id
        assert (await history(api)).count(("movie", FILM)) == 2
        assert (await api.client.get(f"/api/movies/{FILM}")).status_code == 200
        async with api.stream() as stream:
            await remove(takedown_bus, FILM)
            await until(stream, "removed")
        others = [("movie", movie(number).id) for number in range(2, 60)]
        assert await history(api) == [*others, ("removed", FILM)]
        async with api.stream(Last_Event_ID=position) as stream:
            assert [(e.name, e.json["id"]) for e in await until(stream, "removed") if e.name == "removed"] == [
                ("removed", FILM)
            ]
        gone = await api.client.get(f"/api/movies/{FILM}")
        assert (gone.status_code, gone.headers["content-type"]) == (410, "application/problem+json")
        with anyio.fail_after(60):
            while (stats := (await api.client.get("/api/stats")).json()).get("films") != 58:
                await anyio.sleep(0.005)
        page = (await api.client.get("/api/movies?limit=200")).json()
        assert [m["id"] for m in page["movies"]] == [id for _, id in reversed(others)]
        assert page["last_event_id"] == stats["last_event_id"]


async def test_a_replica_that_starts_later_knows_the_removal(etl_bus: Bus, stream_bus: Bus, takedown_bus: Bus) -> None:
    """The removal is part of history, and the index is built without the film."""
    await publish(etl_bus, 1, 2)
    await remove(takedown_bus, FILM)
    async with serving(stream_bus) as api:
        assert await history(api) == [("movie", movie(2).id), ("removed", FILM)]
        with anyio.fail_after(60):
            while (await api.client.get("/api/stats")).status_code != 200:
                await anyio.sleep(0.005)
        assert (await api.client.get("/api/stats")).json()["films"] == 1
        assert (await api.client.get(f"/api/movies/{FILM}")).status_code == 410


async def test_only_a_page_read_later_brings_the_film_back(etl_bus: Bus, stream_bus: Bus, takedown_bus: Bus) -> None:
    """A page read before the removal changes nothing, even if it is delivered late. The directors' records follow."""
    first = SamplePage(FILM)
    later = int((datetime.now(UTC) - START).total_seconds() / 60) + 60
    other = SamplePage("tt0000002")
    for page in (first, other):
        assert await settle_page(etl_bus, page.raw_page().encode()) == Decision.PUBLISHED.value
    assert await films_of(etl_bus) == {FILM, other.id}
    await remove(takedown_bus, FILM)
    assert await films_of(etl_bus) == {other.id}
    assert await settle_page(etl_bus, replace(first, minute=1).raw_page().encode()) == Decision.OLDER.value
    assert await films_of(etl_bus) == {other.id}
    assert await settle_page(etl_bus, replace(first, minute=later).raw_page().encode()) == Decision.PUBLISHED.value
    assert await films_of(etl_bus) == {FILM, other.id}
    async with serving(stream_bus) as api:
        assert await history(api) == [("movie", other.id), ("removed", FILM), ("movie", FILM)]
        assert (await api.client.get(f"/api/movies/{FILM}")).status_code == 200


async def films_of(bus: Bus) -> set[str]:
    """Return the films in the record of the director of `SamplePage`."""
    stored = await bus.last_message("KV_director_stats", subjects.director("nm0000001"))
    return set(DirectorRecord.decode(stored.envelope).films) if stored else set()


async def test_concurrent_publishing_leaves_one_removal(etl_bus: Bus, takedown_bus: Bus) -> None:
    """No version from before the removal is left, and the removal is announced once."""
    await publish(etl_bus, 1)
    async with anyio.create_task_group() as group:
        group.start_soon(publish, etl_bus, *[1] * 15)
        for _ in range(3):
            group.start_soon(remove, takedown_bus, FILM)
    await remove(takedown_bus, FILM)
    assert await remove(takedown_bus, FILM) is Removal.ALREADY
    stored = await etl_bus.last_message("MOVIES", subjects.movie(FILM))
    assert stored
    assert stored.headers["Cinestream-Schema"] == "removed/1"
    assert (await etl_bus.stream_state("MOVIES")).messages == 1


def run(nats: NatsServer, user: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as this NATS user."""
    command = ["cinestream-stream-api", "remove", *arguments]
    return run_main(main, command, os.environ | nats.environment(user))


async def test_the_command_reports_the_result_of_each_film(topology: NatsServer, etl_bus: Bus) -> None:
    """Films are given by id or URL. If one argument is not a title, no film is removed."""
    await publish(etl_bus, 1)
    first = await anyio.to_thread.run_sync(run, topology, "takedown", FILM, "https://www.imdb.com/title/tt0000002/")
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines()[0] == f"{FILM} removed"
    assert first.stdout.splitlines()[1].startswith("tt0000002 is not stored")
    second = await anyio.to_thread.run_sync(run, topology, "takedown", FILM)
    assert (second.returncode, second.stdout) == (0, f"{FILM} was removed already\n")
    for target in ("chart:top", "bad"):
        wrong = await anyio.to_thread.run_sync(run, topology, "takedown", "tt0000003", target)
        assert wrong.returncode == 2
        assert f"{target} is not a title: expected a title id such as tt0111161, or a title URL" in wrong.stderr
    assert (await etl_bus.stream_state("MOVIES")).messages == 2


async def test_the_error_names_the_user_that_is_needed(topology: NatsServer, etl_bus: Bus) -> None:
    """The NATS user of the service itself may not remove films."""
    await publish(etl_bus, 1)
    refused = await anyio.to_thread.run_sync(run, topology, "stream-api", FILM)
    assert refused.returncode == 1
    assert "the NATS user stream-api may not publish to $JS.API.STREAM.PURGE.MOVIES" in refused.stderr
    assert "a user that may (takedown)" in refused.stderr
    assert (await etl_bus.stream_state("MOVIES")).messages == 1
