"""The service on a real nats-server: the results are right in whatever order pages arrive, and however often."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
import orjson
import pytest
from prometheus_client import REGISTRY
from tests.etl.pages import START, SamplePage
from tests.nats_server import NatsServer

from cinestream.bus.jetstream import Bus, StoredMessage
from cinestream.contracts import DeadLetter, DirectorStats, Envelope, Movie, Outcome, SentimentAnalysis, subjects
from cinestream.contracts.movie import page_time
from cinestream.runtime.ops import Health
from cinestream.runtime.service import Context
from cinestream_etl.directors import DirectorRecord
from cinestream_etl.service import serve, settle_page
from cinestream_etl.settings import EtlSettings
from cinestream_etl.tone.model import classify_tone

pytestmark = pytest.mark.anyio
FILM = SamplePage("tt0000001")


@asynccontextmanager
async def _service(topology: NatsServer, health: Health | None = None) -> AsyncIterator[Bus]:
    """Run the service in the background, and yield its bus."""
    bus = await topology.connect("etl")
    context = Context(EtlSettings(etl_drift_window=10), bus, health or Health(), anyio.Event())
    async with anyio.create_task_group() as group:
        group.start_soon(serve, context)
        yield bus
        context.stop.set()
    await bus.close()


@pytest.fixture
async def etl(topology: NatsServer) -> AsyncIterator[Bus]:
    """Yield the bus of a running service."""
    async with _service(topology) as bus:
        yield bus


async def _publish(scraper: Bus, id: str, envelope: Envelope) -> None:
    """Publish a page and wait until it is settled."""
    before = _handled()
    await scraper.publish(subjects.page("title", id), envelope)
    with anyio.fail_after(60):
        while _handled() == before:
            await anyio.sleep(0.002)


def _handled() -> float:
    verdicts = ("ack", "dead")
    return sum(REGISTRY.get_sample_value("cinestream_etl_deliveries_total", {"verdict": v}) or 0.0 for v in verdicts)


async def _publish_pages(scraper: Bus, *pages: SamplePage) -> None:
    """Publish pages, each after the previous one is settled."""
    for page in pages:
        await _publish(scraper, page.id, page.raw_page().encode())


async def _movie(bus: Bus, id: str = FILM.id) -> StoredMessage:
    stored = await bus.last_message("MOVIES", subjects.movie(id))
    assert stored
    return stored


async def _films_of(bus: Bus, director: str) -> dict[str, float | None]:
    stored = await bus.last_message("KV_director_stats", subjects.director(director))
    return {id: film.rating for id, film in DirectorRecord.decode(stored.envelope).films.items()} if stored else {}


def _settled_as(result: str) -> float:
    return REGISTRY.get_sample_value("cinestream_etl_pages_total", {"result": result}) or 0.0


async def test_a_page_becomes_a_movie(scraper_bus: Bus, etl: Bus) -> None:
    """The movie has every field of the contract on one line and the time of its page, and it is counted."""
    before = _settled_as("published")
    await _publish_pages(scraper_bus, FILM)
    stored = await _movie(etl)
    movie = Movie.decode(stored.envelope)
    assert (movie.title, movie.rating, movie.decade_category) == ("Film tt0000001", 7.0, "1990s")
    assert movie.director_stats == DirectorStats(total_movies=1, average_rating=7.0)
    assert list(orjson.loads(stored.body)) == list(Movie.model_fields)
    assert b"\n" not in stored.body
    assert page_time(stored.headers) == START
    assert _settled_as("published") == before + 1


async def test_the_same_page_again_changes_nothing(scraper_bus: Bus, etl: Bus) -> None:
    """A duplicate or a newer page with the same content is neither published nor counted twice."""
    await _publish_pages(scraper_bus, FILM, FILM, replace(FILM, minute=5))
    assert (await etl.stream_state("MOVIES")).last_sequence == 1
    assert await _films_of(etl, "nm0000001") == {FILM.id: 7.0}


async def test_statistics_count_each_film_of_a_director_once(scraper_bus: Bus, etl: Bus) -> None:
    """Films of one director add up, and each movie shows the state when it was published."""
    second, third = SamplePage("tt0000002", rating=8.0), SamplePage("tt0000003", rating=None)
    await _publish_pages(scraper_bus, FILM, second, FILM, third)
    shown = [Movie.decode((await _movie(etl, page.id)).envelope).director_stats for page in (FILM, second, third)]
    assert shown == [
        DirectorStats(total_movies=1, average_rating=7.0),
        DirectorStats(total_movies=2, average_rating=7.5),
        DirectorStats(total_movies=3, average_rating=7.5),
    ]


async def test_a_corrected_rating_replaces_the_old_one(scraper_bus: Bus, etl: Bus) -> None:
    """A changed film is published again, and its old rating does not count any more."""
    await _publish_pages(scraper_bus, FILM, replace(FILM, minute=1, rating=9.0))
    stored = await _movie(etl)
    assert stored.sequence == 2
    movie = Movie.decode(stored.envelope)
    assert movie.director_stats == DirectorStats(total_movies=1, average_rating=9.0)
    assert (movie.revision, movie.changed) == (2, ["rating"])


async def test_a_film_moves_to_the_record_of_its_new_director(scraper_bus: Bus, etl: Bus) -> None:
    """The film is removed from the records of its former directors, and is in the record of each current one."""
    await _publish_pages(scraper_bus, SamplePage("tt0000002", rating=9.0, directors=("nm0000002",)))
    await _publish_pages(scraper_bus, replace(FILM, directors=("nm0000001", "nm0000002")))
    shown = Movie.decode((await _movie(etl)).envelope).directors_stats
    assert [(stats.id, stats.total_movies, stats.average_rating) for stats in shown] == [
        ("nm0000001", 1, 7.0),
        ("nm0000002", 2, 8.0),
    ]
    await _publish_pages(scraper_bus, replace(FILM, minute=1, directors=("nm0000003", "nm0000002")))
    found = [await _films_of(etl, f"nm000000{n}") for n in (1, 2, 3)]
    assert found == [{}, {"tt0000002": 9.0, FILM.id: 7.0}, {FILM.id: 7.0}]


async def test_a_late_page_never_overwrites_a_newer_one(scraper_bus: Bus, etl: Bus) -> None:
    """An older page changes neither the movie nor any record, and is acknowledged."""
    before = _settled_as("older")
    late = replace(FILM, rating=2.0, directors=("nm0000009", "nm0000001"))
    await _publish_pages(scraper_bus, replace(FILM, minute=9), late)
    assert (await _movie(etl)).sequence == 1
    assert await _films_of(etl, "nm0000001") == {FILM.id: 7.0}
    assert await _films_of(etl, "nm0000009") == {}
    assert _settled_as("older") == before + 1


async def test_the_tone_model_does_not_run_for_an_older_page(etl_bus: Bus) -> None:
    """The time of a page is compared before its plot is classified."""
    classified = []

    def tone_model(plot: str | None, genres: Iterable[str]) -> SentimentAnalysis:
        classified.append(plot)
        return classify_tone(plot, genres)

    newer, older = replace(FILM, minute=9).raw_page().encode(), replace(FILM, rating=2.0).raw_page().encode()
    assert await settle_page(etl_bus, newer, tone_model=tone_model) == "published"
    assert await settle_page(etl_bus, older, tone_model=tone_model) == "older"
    assert len(classified) == 1


@pytest.mark.parametrize(
    "late", [replace(FILM, minute=5, rating=2.0), replace(FILM, minute=5, directors=("nm0000009",))]
)
async def test_a_page_between_two_that_agree_is_late_too(scraper_bus: Bus, etl: Bus, late: SamplePage) -> None:
    """A newer page that changed nothing was not published, but the pages before it are late all the same."""
    await _publish_pages(scraper_bus, FILM, replace(FILM, minute=9), late)
    assert (await _movie(etl)).sequence == 1
    assert await _films_of(etl, "nm0000001") == {FILM.id: 7.0}
    assert await _films_of(etl, "nm0000009") == {}


async def test_a_film_without_recommendations_gets_the_nearest(topology: NatsServer, scraper_bus: Bus) -> None:
    """They come from films stored before the service started, and from films that it published itself."""
    async with _service(topology):
        await _publish_pages(scraper_bus, SamplePage("tt0000002"))
    async with _service(topology) as bus:
        with anyio.fail_after(60):  # the service reads the stored movies when it starts
            number = 10
            while True:
                await _publish_pages(scraper_bus, SamplePage(f"tt00000{number}"))
                movie = Movie.decode((await _movie(bus, f"tt00000{number}")).envelope)
                if "tt0000002" in [film.id for film in movie.recommendations]:
                    break
                number += 1
        for id in ("tt0000099", "tt0000098"):
            await _publish_pages(scraper_bus, SamplePage(id, directors=("nm0000002",)))
        movie = Movie.decode((await _movie(bus, "tt0000098")).envelope)
    assert movie.recommendations_source == "catalogue"
    assert movie.recommendations[0].id == "tt0000099"


@pytest.mark.parametrize("directors", [(), ("nm0000009",)])
async def test_a_late_page_of_a_film_without_directors_is_dropped(
    scraper_bus: Bus, etl: Bus, directors: tuple[str, ...]
) -> None:
    """A newer page left no version and is in no director's record, but the film's own record knows it."""
    without_directors = replace(FILM, directors=())
    await _publish_pages(
        scraper_bus,
        without_directors,
        replace(without_directors, minute=9),
        replace(FILM, minute=5, rating=2.0, directors=directors),
    )
    assert (await _movie(etl)).sequence == 1
    assert await _films_of(etl, "nm0000009") == {}
    await _publish_pages(scraper_bus, replace(FILM, minute=12), replace(without_directors, minute=15))
    movie = Movie.decode((await _movie(etl)).envelope)
    assert (movie.revision, movie.director, movie.director_stats) == (3, [], None)
    assert await _films_of(etl, "nm0000001") == {}


async def test_a_movie_of_the_first_contract_is_followed(scraper_bus: Bus, etl: Bus) -> None:
    """A version of an older release is revision 1. The next one lists new fields, but not the unchanged ones."""
    await _publish_pages(scraper_bus, FILM)
    stored = await _movie(etl)
    headers = {name: value for name, value in stored.headers.items() if name.startswith("Cinestream-")}
    old = dict(list(orjson.loads(stored.body).items())[:15])
    await etl.publish(subjects.movie(FILM.id), Envelope(headers, orjson.dumps(old | {"rating": 6.0})))
    await _publish_pages(scraper_bus, replace(FILM, minute=1))
    movie = Movie.decode((await _movie(etl)).envelope)
    assert (movie.revision, movie.changed) == (2, ["rating", "kind", "votes", "url"])


async def test_a_version_without_our_headers_is_followed(scraper_bus: Bus, etl: Bus) -> None:
    """A message of another program is replaced like a version."""
    await etl.publish(subjects.movie(FILM.id), Envelope({}, b"not JSON"))
    await _publish_pages(scraper_bus, FILM)
    assert Movie.decode((await _movie(etl)).envelope).id == FILM.id


@pytest.mark.parametrize("outcome", [Outcome.NOT_FOUND, Outcome.MOVED, Outcome.OTHER_KIND])
async def test_a_record_that_there_is_no_page_is_acknowledged(scraper_bus: Bus, etl: Bus, outcome: Outcome) -> None:
    """Nothing is published or rejected, and the record is counted by its outcome."""
    before = _settled_as(outcome.value)
    await _publish(scraper_bus, FILM.id, FILM.raw_page(outcome).encode())
    assert _settled_as(outcome.value) == before + 1
    assert (await etl.stream_state("MOVIES")).messages == 0


async def test_a_series_is_acknowledged(scraper_bus: Bus, etl: Bus) -> None:
    """A series is not a film and not an error."""
    before = _settled_as("filtered")
    await _publish_pages(scraper_bus, replace(FILM, kind="tvSeries"))
    assert _settled_as("filtered") == before + 1
    assert (await etl.stream_state("MOVIES")).messages == 0


@pytest.mark.parametrize(
    ("envelope", "reason"),
    [
        (SamplePage("tt0000002").raw_page().encode(), ""),
        (FILM.raw_page().model_copy(update={"html": "<html>no film</html>"}).encode(), "no layout of a title page"),
        (
            FILM.raw_page().model_copy(update={"html": replace(FILM, rating=11.0).html}).encode(),
            "rating between 1 and 10",
        ),
        (
            FILM.raw_page().model_copy(update={"html": SamplePage("tt0000002").html}).encode(),
            "page of tt0000001, got 'tt0000002'",
        ),
        (Envelope(FILM.raw_page().encode().headers, b"not zstd"), "not zstd"),
        (Envelope({}, b""), "Cinestream-Schema"),
    ],
)
async def test_an_invalid_page_becomes_a_dead_letter(
    scraper_bus: Bus, etl: Bus, envelope: Envelope, reason: str
) -> None:
    """The dead letter has the reason and the whole message, and the next page is settled as usual."""
    await _publish(scraper_bus, FILM.id, envelope)
    await _publish_pages(scraper_bus, SamplePage("tt0000007"))
    dead = (await etl.stream_state("DEAD_LETTERS")).messages
    assert dead == bool(reason)
    if reason:
        (stored,) = await etl.read("DEAD_LETTERS", start=1, limit=5)
        letter = DeadLetter.decode(stored.envelope)
        assert reason in letter.reason
        assert letter.original_body == envelope.body
        assert letter.stage == "etl"
    assert (await _movie(etl, "tt0000007")).sequence


async def test_a_vanished_field_makes_the_service_degraded(topology: NatsServer, scraper_bus: Bus) -> None:
    """`/readyz` names the field and still answers 200, because the other fields are still useful."""
    health = Health("ready", lambda: True)
    async with _service(topology, health):
        await _publish_pages(scraper_bus, *(SamplePage(f"tt00001{number:02}", directors=()) for number in range(10)))
        answer = health.readyz()
    assert answer.status_code == 200
    assert b"directors: in 0 of the last 10 films" in answer.body
