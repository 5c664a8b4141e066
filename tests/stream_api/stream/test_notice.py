"""The notice in the stream of a client whose filter matches no known film."""

import json

import anyio
import pytest
from tests.stream_api.films import publish
from tests.stream_api.serving import STREAM, Api, serving
from tests.stream_api.sse import take

from cinestream.bus.jetstream import Bus

pytestmark = pytest.mark.anyio


async def indexed(api: Api) -> None:
    """Wait until the index of films is complete."""
    with anyio.fail_after(60):
        while (await api.client.get("/api/stats")).status_code != 200:
            await anyio.sleep(0.005)


async def test_a_filter_without_films_gets_a_notice_and_stays_open(etl_bus: Bus, stream_bus: Bus) -> None:
    """The notice comes after the first block, with its id. A film that matches later is sent."""
    await publish(etl_bus, 1)
    async with serving(stream_bus) as api:
        await indexed(api)
        async with api.stream("?director=Darabond&replay=5") as stream:
            first, notice = await take(stream, 2)
            assert [first.name, notice.name] == ["position", "notice"]
            assert notice.id == first.id
            assert notice.json["filters"] == [
                {"parameter": "director", "value": "darabond", "nearest": ["Frank Darabont"]}
            ]
            await publish(etl_bus, 2, director=["Darabond"])
            assert [event.name for event in await take(stream, 2)] == ["live", "movie"]
        async with api.stream("?director=darabond&replay=5") as stream:
            assert [event.name for event in await take(stream, 2)] == ["position", "movie"]


async def test_ndjson_has_the_notice_too(etl_bus: Bus, stream_bus: Bus) -> None:
    """It is an object like all others."""
    await publish(etl_bus, 1)
    async with serving(stream_bus) as api:
        await indexed(api)
        headers = {"Accept": "application/x-ndjson"}
        async with api.client.stream("GET", f"{STREAM}?genre=war", headers=headers) as response:
            lines = response.aiter_lines()
            assert [json.loads(await anext(lines))["event"] for _ in range(2)] == ["position", "notice"]


async def test_an_unknown_director_is_a_404_with_the_nearest_names(etl_bus: Bus, stream_bus: Bus) -> None:
    """A last name is enough to find the full name."""
    await publish(etl_bus, 1, director=["Christopher Nolan"])
    async with serving(stream_bus) as api:
        await indexed(api)
        answer = await api.client.get("/api/directors/Nolan")
        assert answer.status_code == 404
        assert answer.json()["detail"] == "there is no director Nolan. Did you mean Christopher Nolan?"
        assert (await api.client.get("/api/directors/x")).json()["detail"] == "there is no director x"
