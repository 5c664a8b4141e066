"""Exports that queue films for the scraper and look up directors, over a real nats-server."""

from pathlib import Path

import pytest
from anyio import to_thread
from tests.nats_server import NatsServer
from tests.stream_api.films import publish
from tests.trakt_export.conftest import command
from tests.trakt_export.server import FakeTrakt, movie

from cinestream.bus.jetstream import Bus
from cinestream_trakt_export.cli import session
from cinestream_trakt_export.letterboxd.verify import verify_folder
from cinestream_trakt_export.settings import TraktSettings

KINDS = ("ratings", "watchlist", "collection")
pytestmark = [pytest.mark.anyio, pytest.mark.timeout(400)]


async def export(settings: TraktSettings, topology: NatsServer, out: Path, *options: str) -> list[str]:
    """Export the ratings and return the lines of the file."""
    variables = topology.environment("trakt-export")

    def run() -> list[str]:
        result = command(settings, "export", "ratings", "--out", str(out), *options, variables=variables)
        assert result.returncode == 0, result.stderr
        return (out / "ratings-001.csv").read_text().splitlines()

    return await to_thread.run_sync(run)


async def test_films_are_queued_and_directors_are_looked_up(
    trakt: FakeTrakt, settings: TraktSettings, topology: NatsServer, etl_bus: Bus, scraper_bus: Bus, tmp_path: Path
) -> None:
    """Each film with an IMDb id is queued once, even by two exports. Unknown directors are empty."""
    without = movie(4)
    without["ids"]["imdb"] = None
    trakt.lists["/sync/ratings/movies"] = [
        {"rating": 5, "type": "movie", "movie": film} for film in (movie(1), movie(2), movie(3), without)
    ]
    await publish(etl_bus, 1)
    await publish(etl_bus, 2, director=["Joel Coen", "Ethan Coen"])
    for _ in range(2):
        lines = await export(settings, topology, tmp_path / "out", "--enqueue", "--enrich")
    assert lines == [
        "tmdbID,imdbID,Title,Year,Rating10,Directors",
        "1,tt0000001,Film 1,1901,5,Frank Darabont",
        '2,tt0000002,Film 2,1902,5,"Joel Coen, Ethan Coen"',
        "3,tt0000003,Film 3,1903,5,",
        "4,,Film 4,1904,5,",
    ]
    assert verify_folder(tmp_path / "out") == (4, [])
    assert (await scraper_bus.stream_state("REQUESTS")).messages == 3


async def test_an_export_without_these_options_needs_no_nats(
    trakt: FakeTrakt, settings: TraktSettings, topology: NatsServer, tmp_path: Path
) -> None:
    """The export works although NATS is down."""
    trakt.lists["/sync/ratings/movies"] = [{"rating": 5, "type": "movie", "movie": movie(1)}]
    topology.kill()
    assert len(await export(settings, topology, tmp_path / "out")) == 2


def test_an_unreachable_nats_is_reported(
    trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is one sentence in the language of the user."""
    trakt.lists["/sync/ratings/movies"] = [{"rating": 5, "type": "movie", "movie": movie(1)}]
    monkeypatch.setattr(session, "_NATS_SECONDS", 0.5)
    nowhere = {"CINESTREAM_NATS_URL": "nats://127.0.0.1:1", "LC_ALL": "fr_FR.UTF-8"}
    result = command(settings, "export", "ratings", "--out", str(tmp_path), "--enqueue", variables=nowhere)
    assert result.returncode == 1
    assert "pas de NATS à nats://127.0.0.1:1" in result.stderr
    assert "Traceback" not in result.stderr


async def test_a_resumed_export_keeps_its_options(
    trakt: FakeTrakt, settings: TraktSettings, topology: NatsServer, etl_bus: Bus, scraper_bus: Bus, tmp_path: Path
) -> None:
    """One export queues films, one adds directors, and one does neither. Each is finished in the same way."""
    for kind in KINDS:
        number = len(kind)
        trakt.lists[f"/sync/{kind}/movies"] = [{"id": 1, "rating": 5, "type": "movie", "movie": movie(number)}]
    await publish(etl_bus, len("watchlist"))
    variables = topology.environment("trakt-export")

    def run() -> None:
        for kind, options in (("ratings", ["--enqueue"]), ("watchlist", ["--enrich"]), ("collection", [])):
            trakt.faults, trakt.on_page = [], lambda account, path, page: account.faults.append("426")
            trakt.count_offset = 1  # the list is read again, and Trakt refuses the second request
            out = str(tmp_path / kind)
            result = command(settings, "export", kind, "--out", out, *options, variables=variables)
            assert "VIP" in result.stderr
        trakt.faults, trakt.on_page, trakt.count_offset = [], lambda account, path, page: None, 0
        result = command(settings, "resume", variables=variables)
        assert result.returncode == 0, result.stderr

    await to_thread.run_sync(run)
    assert (await scraper_bus.stream_state("REQUESTS")).messages == 1
    headers = {kind: (tmp_path / kind / f"{kind}-001.csv").read_text().splitlines()[0] for kind in KINDS}
    assert headers == {
        "ratings": "tmdbID,imdbID,Title,Year,Rating10",
        "watchlist": "tmdbID,imdbID,Title,Year,Review,Directors",
        "collection": "tmdbID,imdbID,Title,Year",
    }
