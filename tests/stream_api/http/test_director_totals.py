"""The statistics of directors in the answers, with films that etl publishes to a real nats-server."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import anyio
import pytest
from tests.etl.pages import SamplePage
from tests.nats_server import NatsServer
from tests.stream_api.http.test_films import films
from tests.stream_api.serving import Api, serving

from cinestream.bus.jetstream import Bus
from cinestream.contracts import Envelope, subjects
from cinestream_etl.directors import Contribution, DirectorRecord
from cinestream_etl.service import settle_page
from cinestream_etl.store.director_store import update_record
from cinestream_stream_api.catalogue.director_records import DirectorRecords
from cinestream_stream_api.catalogue.removal import remove
from cinestream_stream_api.events.filters import Credit

pytestmark = pytest.mark.anyio
LEE, ROOM = "nm0000487", "nm0000488"
FIRST, SECOND, THIRD = (
    SamplePage(f"tt000000{number}", rating=rating, directors=directors)
    for number, rating, directors in ((1, 9.7, (LEE,)), (2, 9.7, (ROOM, LEE)), (3, 8.8, (LEE,)))
)


async def settle(etl_bus: Bus, *pages: SamplePage) -> None:
    """Publish the films of these pages as etl does."""
    for page in pages:
        await settle_page(etl_bus, page.raw_page().encode())


async def totals(api: Api, director: str = LEE, *, at: int) -> list[tuple[int, float | None]]:
    """Return the statistics of a director in every answer that has them."""
    page = (await films(api, at=at))["movies"]
    alone = [(await api.client.get(f"/api/movies/{movie['id']}")).json() for movie in page]
    found = [(await api.client.get(f"/api/directors/{text}")).json() for text in (director, f"Director {director}")]
    directors = [one for answer in found for one in answer["directors"]]
    shown = page + alone + [movie for one in directors for movie in one["movies"]]
    people = directors + [one for movie in shown for one in movie["directors_stats"]]
    people += [movie["director_stats"] | movie["directors_stats"][0] for movie in shown]
    return sorted({(one["total_movies"], one["average_rating"]) for one in people if one["id"] == director})


async def test_all_answers_show_the_statistics_of_now(etl_bus: Bus, stream_bus: Bus) -> None:
    """Three films at 9.4 show that on each of the films, although two were published before the third."""
    await settle(etl_bus, FIRST, SECOND, THIRD)
    async with serving(stream_bus) as api:
        assert await totals(api, at=3) == [(3, 9.4)]
        assert await totals(api, ROOM, at=3) == [(1, 9.7)]
        async with api.stream("?last_event_id=earliest") as stream:
            assert (await anext(stream)).name == "position"
            sent = [(await anext(stream)).json["director_stats"] for _ in range(3)]
        assert sent == [
            {"total_movies": 1, "average_rating": 9.7},
            {"total_movies": 1, "average_rating": 9.7},
            {"total_movies": 3, "average_rating": 9.4},
        ]


async def test_films_of_the_data_sets_count(etl_bus: Bus, stream_bus: Bus) -> None:
    """A record may have films that no page was read of. A changed rating and a removal count at once."""
    known = {
        id: Contribution(rating, datetime.now(UTC), "") for id, rating in (("tt0000008", 5.0), ("tt0000009", None))
    }
    await update_record(etl_bus, LEE, partial(DirectorRecord.with_data_set, films=known))
    async with serving(stream_bus) as api:
        await settle(etl_bus, FIRST)
        assert await totals(api, at=1) == [(3, 7.3)]
        await settle(etl_bus, SamplePage(FIRST.id, minute=1, rating=7.0, directors=(LEE,)), SECOND)
        assert await totals(api, at=3) == [(4, 7.2)]


async def test_a_removed_film_does_not_count(etl_bus: Bus, stream_bus: Bus, topology: NatsServer) -> None:
    """The statistics are those without the film as soon as the film is gone."""
    await settle(etl_bus, FIRST, THIRD)
    async with serving(stream_bus) as api:
        assert await totals(api, at=2) == [(2, 9.2)]
        takedown = await topology.connect("takedown")
        await remove(takedown, THIRD.id)
        await takedown.close()
        assert await totals(api, at=3) == [(1, 9.7)]


async def test_the_entity_tag_changes_with_the_statistics(etl_bus: Bus, stream_bus: Bus) -> None:
    """A new film of the director changes the answer, and so the tag. Nothing else does."""

    async def get(**headers: str) -> Any:
        return await api.client.get(
            f"/api/movies/{FIRST.id}", headers={k.replace("_", "-"): v for k, v in headers.items()}
        )

    await settle(etl_bus, FIRST)
    async with serving(stream_bus) as api:
        await films(api, at=1)
        tag = (await get()).headers["etag"]
        assert (await get(If_None_Match=tag)).status_code == 304
        await settle(etl_bus, SamplePage("tt0000004", directors=(ROOM,)))
        await films(api, at=2)
        assert (await get(If_None_Match=tag)).status_code == 304
        await settle(etl_bus, THIRD)
        await films(api, at=3)
        changed = await get(If_None_Match=tag)
        assert (changed.status_code, changed.json()["director_stats"]["total_movies"]) == (200, 2)
        assert changed.headers["etag"] != tag


async def test_an_unreadable_record_counts_as_empty(etl_bus: Bus, stream_bus: Bus) -> None:
    """The answer then has the current films only."""
    await settle(etl_bus, FIRST, THIRD)
    await etl_bus.publish(subjects.director(LEE), Envelope({"Cinestream-Schema": "director/1"}, b"[]"))
    async with serving(stream_bus) as api:
        assert await totals(api, at=2) == [(2, 9.2)]


async def test_absent_records_are_not_awaited_each_time(
    stream_bus: Bus, topology: NatsServer, impatient: Callable[[], None]
) -> None:
    """Without an answer the result is empty, and the next one comes at once."""
    impatient()
    topology.kill()
    records = DirectorRecords(stream_bus)
    lee, other = Credit("Ang Lee", LEE), Credit("Ang Lee", ROOM)
    assert await records.beside({lee: {}}) == {}
    with anyio.fail_after(0.2):  # an attempt takes longer
        assert await records.beside({other: {}}) == {}
