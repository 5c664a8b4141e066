"""`cinestream-etl reprocess`: it reads stored pages again, and publishes only real changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from tests.etl.command import run_with_bus
from tests.etl.pages import SamplePage
from tests.nats_server import NatsServer

from cinestream.bus.jetstream import Bus
from cinestream.contracts import Envelope, Movie, Outcome, subjects
from cinestream_etl.commands.reprocess import reprocess

pytestmark = pytest.mark.anyio
FILM = SamplePage("tt0000001")
OTHER = SamplePage("tt0000002", rating=8.0)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


async def _store(scraper: Bus, *pages: SamplePage) -> None:
    for page in pages:
        await scraper.publish(page.raw_page().subject, page.raw_page().encode())


async def test_stored_pages_are_settled_once(scraper_bus: Bus, etl_bus: Bus) -> None:
    """Films are published as by the service, all results are counted, and a second run changes nothing."""
    await _store(
        scraper_bus, FILM, OTHER, replace(FILM, minute=1, rating=9.0), SamplePage("tt0000003", kind="tvSeries")
    )
    await scraper_bus.publish(
        subjects.page("title", "tt0000004"), SamplePage("tt0000004").raw_page(Outcome.NOT_FOUND).encode()
    )
    await scraper_bus.publish(subjects.page("title", "tt0000005"), Envelope({}, b""))
    first = await reprocess(etl_bus, since=LONG_AGO)
    assert first == {"published": 3, "filtered": 1, "not-found": 1, "invalid": 1}
    again = await reprocess(etl_bus, since=LONG_AGO)
    assert again == {"older": 1, "unchanged": 2, "filtered": 1, "not-found": 1, "invalid": 1}
    assert (await etl_bus.stream_state("MOVIES")).messages == 3


async def test_a_field_that_an_older_parser_missed_is_published(scraper_bus: Bus, etl_bus: Bus) -> None:
    """The next revision of the film lists the new field, although the page is the same."""
    await _store(scraper_bus, FILM)
    await reprocess(etl_bus, since=LONG_AGO)
    stored = await etl_bus.last_message("MOVIES", subjects.movie(FILM.id))
    assert stored
    headers = {name: value for name, value in stored.headers.items() if name.startswith("Cinestream-")}
    missed = orjson.dumps(orjson.loads(stored.body) | {"votes": None})
    await etl_bus.publish(subjects.movie(FILM.id), Envelope(headers, missed))
    assert await reprocess(etl_bus, since=LONG_AGO, ids=[FILM.id]) == {"published": 1}
    movie = await etl_bus.last_message("MOVIES", subjects.movie(FILM.id))
    assert movie
    assert (Movie.decode(movie.envelope).votes, Movie.decode(movie.envelope).changed) == (10, ["votes"])


async def test_only_the_chosen_pages_are_read(scraper_bus: Bus, etl_bus: Bus) -> None:
    """Pages are chosen by title, and by the time at which they were stored."""
    await _store(scraper_bus, FILM, OTHER)
    assert await reprocess(etl_bus, since=datetime.now(UTC) + timedelta(hours=1)) == {}
    assert await reprocess(etl_bus, since=LONG_AGO, ids=["tt0000009"]) == {}
    assert await reprocess(etl_bus, since=LONG_AGO, ids=[OTHER.id]) == {"published": 1}


@pytest.mark.parametrize(("since", "code"), [("2000-01-01", 0), ("yesterday", 2)])
async def test_the_command_prints_the_results(scraper_bus: Bus, topology: NatsServer, since: str, code: int) -> None:
    """Results are JSON on stdout, and an invalid time is named on stderr."""
    await _store(scraper_bus, FILM)
    done = await run_with_bus(topology, "reprocess", "--since", since, "--id", FILM.id)
    assert done.returncode == code, done.stderr
    assert done.stdout == ('{"published":1}\n' if code == 0 else "")
    assert ("yesterday" in done.stderr) == (code == 2)
