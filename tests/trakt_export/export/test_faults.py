"""Exports from a Trakt that fails in every known way. They are complete, or name the reason."""

import os
import stat
from pathlib import Path

import pytest
from tests.trakt_export.export.test_export import run, written
from tests.trakt_export.server import FakeTrakt, movie

from cinestream.contracts.errors import Transient
from cinestream_flow.breaker import CircuitOpen
from cinestream_trakt_export.settings import Breaker, TraktSettings
from cinestream_trakt_export.trakt.client import connected
from cinestream_trakt_export.trakt.errors import NeedsLogin, TraktError
from cinestream_trakt_export.trakt.tokens import TokenFile

pytestmark = pytest.mark.anyio
FAULTS = ["429", "429-html", "500", "502", "503", "521", "cut"]


@pytest.fixture
def library(trakt: FakeTrakt) -> FakeTrakt:
    """Create a library of a hundred ratings on ten pages."""
    trakt.max_page_size = 10
    trakt.lists["/sync/ratings/movies"] = [{"rating": 5, "type": "movie", "movie": movie(n)} for n in range(1, 101)]
    return trakt


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_is_survived(library: FakeTrakt, settings: TraktSettings, tmp_path: Path, fault: str) -> None:
    """A fault at the first request and three in a row are retried."""
    library.faults = ["" if fault == "cut" else fault, "", "", fault, fault, fault]
    await run(settings, "ratings", tmp_path)
    assert len(written(tmp_path, "ratings")) == 101
    assert not library.faults
    assert len(set(library.pages())) == len(library.pages()) == 10


@pytest.mark.parametrize(
    ("status", "reason"),
    [("403", "client_id"), ("404", "nothing"), ("420", "limit"), ("423", "locked"), ("426", "VIP")],
)
async def test_a_refusal_is_reported_and_not_retried(
    library: FakeTrakt, settings: TraktSettings, tmp_path: Path, status: str, reason: str
) -> None:
    """Each permanent error has a message of its own."""
    library.faults = ["", status, "never reached"]
    with pytest.raises(TraktError, match=reason):
        await run(settings, "ratings", tmp_path)
    assert library.faults == ["never reached"]


async def test_a_server_that_stays_down_opens_the_circuit(library: FakeTrakt, settings: TraktSettings) -> None:
    """The attempts end at their limit, and the next caller sends no request."""
    library.faults = ["500"] * 100
    settings = settings.model_copy(update={"breaker": Breaker(failures=6, open_for=3600)})
    async with connected(settings) as client:
        with pytest.raises(Transient, match="500"):
            await client.get("/users/settings")
        assert len(library.faults) == 94
        with pytest.raises(CircuitOpen):
            await client.once("/users/settings")
    assert len(library.faults) == 94


async def test_a_refused_token_is_renewed_once_and_stored(
    library: FakeTrakt, settings: TraktSettings, tmp_path: Path, token_file: Path
) -> None:
    """Workers share one renewal. The file with the new tokens is readable by its owner alone."""
    library.access = "access-5"
    await run(settings, "ratings", tmp_path)
    assert library.log.count("/oauth/token") == 1
    stored = TokenFile(token_file)
    assert stored.load().refresh_token.get_secret_value() == library.refresh == "refresh-6"
    assert stat.S_IMODE(os.stat(token_file).st_mode) == 0o600


async def test_an_expired_login_asks_for_a_new_one(library: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """A refresh token that was used elsewhere is an error after one request."""
    library.access, library.refresh = "access-5", "refresh-5"
    with pytest.raises(NeedsLogin, match="cinestream-trakt login"):
        await run(settings, "ratings", tmp_path)
    assert library.log.count("/oauth/token") == 1
