"""The answers about all films, with a real nats-server."""

from typing import Any

import anyio
import pytest
from tests.nats_server import NatsServer
from tests.stream_api.films import movie, publish
from tests.stream_api.serving import Api, serving
from tests.stream_api.streams import recreate_streams

from cinestream.bus.jetstream import Bus
from cinestream.contracts import Movie, NamedDirectorStats
from cinestream_stream_api.http.routes.directors import Found

pytestmark = pytest.mark.anyio


async def films(api: Api, query: str = "", *, at: int) -> Any:
    """Return a page of films when the index has reached this sequence."""
    with anyio.fail_after(60):
        while True:
            answer = await api.client.get(f"/api/movies{query}")
            page = answer.json()
            if answer.status_code == 200 and int(page["last_event_id"].partition("-")[2]) >= at:
                return page
            await anyio.sleep(0.005)


async def test_a_page_holds_the_last_version_of_every_film(etl_bus: Bus, stream_bus: Bus) -> None:
    """A page has each film once, newest first, also films that are older than the ring. Later films are added."""
    await publish(etl_bus, *range(1, 31), 2)
    async with serving(stream_bus, stream_ring_events=16) as api:
        page = await films(api, at=31)
        assert [Movie.model_validate(m).id for m in page["movies"]] == [
            movie(number).id for number in (2, *range(30, 2, -1), 1)
        ]
        assert page["next"] is None
        await publish(etl_bus, 31)
        assert (await films(api, "?limit=1", at=32))["movies"][0]["id"] == movie(31).id


async def test_pages_then_stream_have_no_gap(etl_bus: Bus, stream_bus: Bus) -> None:
    """Each page has the position of the first one, and the stream from there has the changes since."""
    await publish(etl_bus, *range(1, 6))
    async with serving(stream_bus) as api:
        first = await films(api, "?limit=2", at=5)
        await publish(etl_bus, 1)
        rest = await films(api, f"?limit=9&cursor={first['next']}", at=5)
        assert rest["last_event_id"] == first["last_event_id"]
        assert {m["id"] for p in (first, rest) for m in p["movies"]} >= {movie(n).id for n in range(2, 6)}
        async with api.stream(f"?last_event_id={first['last_event_id']}") as stream:
            assert [(await anext(stream)).name for _ in range(2)] == ["position", "movie"]


async def test_pages_are_filtered_like_the_stream(etl_bus: Bus, stream_bus: Bus) -> None:
    """The filters are those of the stream, and the counts use the same facets."""
    for number in range(1, 7):
        await publish(etl_bus, number, genre=["War" if number % 2 else "Drama"], genre_categories=[], rating=None)
    async with serving(stream_bus) as api:
        page = await films(api, "?genre=war&limit=2", at=6)
        assert [m["id"] for m in page["movies"]] == [movie(5).id, movie(3).id]
        stats = (await api.client.get("/api/stats")).json()
        assert (stats["films"], stats["rated"], stats["average_rating"]) == (6, 0, None)
        assert list(stats["genres"].items()) == [("Drama", 3), ("War", 3)]
        assert stats["last_event_id"] == page["last_event_id"]
        some = (await api.client.get("/api/stats?genre=war&id=tt0000001&id=tt0000002&id=tt0000003")).json()
        assert (some["films"], some["genres"], some["tones"]) == (2, {"War": 2}, {"Hopeful": 2})
        darabont = {"id": None, "name": "Frank Darabont", "films": 2}
        assert (some["directors"], some["top_directors"]) == (1, [darabont])


async def test_an_invalid_cursor_is_a_400(stream_bus: Bus) -> None:
    """A malformed cursor, or one of another stream, is a 400 that names the parameter."""
    async with serving(stream_bus) as api:
        await films(api, at=0)
        for cursor in ("nonsense", "old-5.3"):
            answer = await api.client.get(f"/api/movies?cursor={cursor}")
            assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "cursor")


async def test_a_recreated_stream_gets_a_new_index(etl_bus: Bus, stream_bus: Bus, topology: NatsServer) -> None:
    """Films of the old stream are gone."""
    await publish(etl_bus, 1, 2)
    async with serving(stream_bus, stream_heartbeat=0.2) as api:
        await films(api, at=2)
        await recreate_streams(topology)
        with anyio.fail_after(60):
            while not etl_bus.connected:
                await anyio.sleep(0.01)
        await publish(etl_bus, 3)
        with anyio.fail_after(60):
            while [m["id"] for m in (await films(api, at=0))["movies"]] != [movie(3).id]:
                await anyio.sleep(0.01)


async def test_directors_have_their_films_and_statistics(etl_bus: Bus, stream_bus: Bus) -> None:
    """Directors are found by name or id. A film without ids has its director by name only."""
    one = NamedDirectorStats(name="Ana Ruiz", id="nm0000001", total_movies=1, average_rating=None)
    other = one.model_copy(update={"id": "nm0000002"})
    await publish(etl_bus, 1, 2, director=["Ana Ruiz"], directors_stats=[one], rating=None)
    await publish(etl_bus, 3, director=["Ana Ruiz"], directors_stats=[other], rating=8.0)
    await publish(etl_bus, 4, director=["Ana Ruiz"])
    await publish(etl_bus, 1, director=["Ana Ruiz"], directors_stats=[one], rating=6.0)
    async with serving(stream_bus) as api:
        await films(api, at=5)
        answer = (await api.client.get("/api/directors/ana%20ruiz")).json()
        found = Found.model_validate(answer).directors
        assert [(d.id, d.total_movies, d.average_rating, [m.id for m in d.movies]) for d in found] == [
            (None, 1, 7.5, [movie(4).id]),
            ("nm0000001", 2, 6.0, [movie(1).id, movie(2).id]),
            ("nm0000002", 1, 8.0, [movie(3).id]),
        ]
        alone = (await api.client.get("/api/directors/nm0000002")).json()
        assert alone["directors"] == answer["directors"][2:]
        assert alone["directors"][0]["namesakes"] == ["nm0000001"]
        unknown = await api.client.get("/api/directors/nm0000003")
        assert (unknown.status_code, unknown.headers["content-type"]) == (404, "application/problem+json")


async def test_films_are_searched_and_sorted(etl_bus: Bus, stream_bus: Bus) -> None:
    """Each order has its own cursors, and a cursor of another order is refused with the cure."""
    for number, (title, rating) in enumerate([("Alien", 8.5), ("Aliens", None), ("Brazil", 7.9), ("Alien 3", 6.4)], 1):
        await publish(etl_bus, number, title=title, rating=rating)
    async with serving(stream_bus) as api:
        first = await films(api, "?q=ALI%C3%89N&sort=rating&limit=2", at=4)
        assert [m["title"] for m in first["movies"]] == ["Alien", "Alien 3"]
        rest = await films(api, f"?q=alien&sort=rating&limit=2&cursor={first['next']}", at=4)
        assert ([m["title"] for m in rest["movies"]], rest["next"]) == (["Aliens"], None)
        titles = (await films(api, "?sort=title&min_rating=6.5", at=4))["movies"]
        assert [m["title"] for m in titles] == ["Alien", "Brazil"]
        for query, parameter, cure in [
            (f"sort=year&cursor={first['next']}", "cursor", "sort=rating"),
            (f"cursor={first['next']}", "cursor", "sort=rating"),
            ("sort=year&cursor=mwpz3sdn-4.2", "cursor", "sort=newest"),
            ("sort=best", "sort", "'title'"),
            ("q=%3F%3F", "q", "letters or digits"),
        ]:
            answer = await api.client.get(f"/api/movies?{query}")
            [error] = answer.json()["errors"]
            assert (answer.status_code, error["parameter"]) == (400, parameter)
            assert cure in error["reason"]


async def test_an_empty_page_has_the_notice_of_the_filter(etl_bus: Bus, stream_bus: Bus) -> None:
    """It is that of the stream. A page with films has none."""
    await publish(etl_bus, 1)
    async with serving(stream_bus) as api:
        assert (await films(api, at=1))["notice"] is None
        empty = await films(api, "?theme=prisons&kind=movie", at=1)
        assert empty["movies"] == []
        assert empty["notice"]["filters"] == [
            {"parameter": "theme", "value": "prisons", "nearest": ["Prison"]},
            {"parameter": "kind", "value": "movie", "nearest": []},
        ]
