"""The documented commands for a Trakt library, with the tests' Trakt server in the place of trakt.tv."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.documented.check import Checks, follows, prints
from tests.documented.pipeline import Pipeline
from tests.ports import free_port
from tests.trakt_export.server import FakeTrakt, movie, serving

_NIGHT = "2026-01-01T12:00:00.000Z"


def _exports(pipeline: Pipeline, text: str) -> None:
    pipeline.run(text)
    assert "Film 3" in (pipeline.folder / "letterboxd/collection-001.csv").read_text()


def _enqueues(pipeline: Pipeline, text: str) -> None:
    assert "error" not in pipeline.run(text).lower()


TRAKT: Checks = {
    ".venv/bin/cinestream-trakt login": prints("Logged in as ann."),
    "cinestream-trakt whoami": prints("ann"),
    ".venv/bin/cinestream-trakt export all --out letterboxd": _exports,
    ".venv/bin/cinestream-trakt verify letterboxd": prints("no faults"),
    ".venv/bin/cinestream-trakt export watchlist --out letterboxd": prints("watchlist"),
    ".venv/bin/cinestream-trakt export watchlist --out letterboxd --enqueue": _enqueues,
    ".venv/bin/cinestream-trakt export all --out letterboxd --every 6h": follows("service.ready"),
    ".venv/bin/cinestream-trakt details tt0111161 tt9999999": prints("1 of 2 could not be read", code=1),
    "cinestream-trakt operations": prints(),
    "cinestream-trakt resume": prints("Nothing was interrupted"),
    "cinestream-trakt cache stats": prints(),
    "cinestream-trakt cache key": prints("="),
    "cinestream-trakt health": prints(),
    "cinestream-trakt settings": prints('"client_id"'),
    "cinestream-trakt logout": prints("Logged out"),
}


@contextmanager
def with_trakt(pipeline: Pipeline) -> Iterator[Pipeline]:
    """Serve an account with two films, and put its address into the environment of the reader's shell."""
    account = FakeTrakt(device=[200], interval=1, details={"tt0111161": movie(111161)})
    account.lists["/sync/collection/movies"] = [{"collected_at": _NIGHT, "movie": movie(3)}]
    account.lists["/sync/watchlist"] = [{"listed_at": _NIGHT, "notes": "", "type": "movie", "movie": movie(133093)}]
    with serving(account) as trakt:
        settings = {
            "CINESTREAM_TRAKT_API__URL": trakt.url,
            "CINESTREAM_TRAKT_API__AUTH_URL": trakt.url,
            "CINESTREAM_TRAKT_API__CLIENT_ID": "key",
            "CINESTREAM_OPS_PORT": str(free_port()),
            "PATH": f"{pipeline.folder}/.venv/bin:{pipeline.environment['PATH']}",
        }
        environment = {**pipeline.environment, **settings}
        yield Pipeline(pipeline.folder, environment, pipeline.stream_url, pipeline.ops)
