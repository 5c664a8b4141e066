"""The login by device code with a real server and an artificial clock."""

import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from tests.trakt_export.conftest import command
from tests.trakt_export.server import FakeTrakt

from cinestream_trakt_export.settings import TraktSettings
from cinestream_trakt_export.trakt.errors import NeedsLogin, TraktError
from cinestream_trakt_export.trakt.oauth import OAuth
from cinestream_trakt_export.trakt.tokens import TokenFile

pytestmark = pytest.mark.anyio


class Time:
    """A clock that only `sleep` advances."""

    def __init__(self) -> None:
        self.now, self.slept = 2_000_000_000.0, list[float]()

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def time() -> Time:
    """Return a clock."""
    return Time()


@pytest.fixture
async def oauth(settings: TraktSettings, time: Time, tmp_path: Path) -> AsyncIterator[OAuth]:
    """Yield a client without a login. The folder of its file does not exist yet."""
    async with ClientSession() as http:
        yield OAuth(http, settings.api, TokenFile(tmp_path / "new" / "token"), clock=time, sleep=time.sleep)


async def test_a_login_waits_for_the_user(trakt: FakeTrakt, oauth: OAuth, time: Time, tmp_path: Path) -> None:
    """Pending and failed polls are repeated, and a 429 slows them down. Only the owner can read the file."""
    trakt.device = [400, 429, 503, 200]
    code = await oauth.begin()
    assert (code.user_code, code.verification_url) == ("ABCD", "https://x/activate")
    await oauth.finish(code)
    assert time.slept == [5, 5, 10, 10]
    assert await oauth.bearer() == trakt.access == "access-1"
    assert stat.S_IMODE(os.stat(tmp_path / "new" / "token").st_mode) == 0o600


@pytest.mark.parametrize(
    ("status", "text"), [(404, "does not know"), (409, "already used"), (410, "expired"), (418, "refused")]
)
async def test_a_refused_login_is_explained(trakt: FakeTrakt, oauth: OAuth, status: int, text: str) -> None:
    """Each refusal has its sentence, and the polls end."""
    trakt.device = [status, 200]
    with pytest.raises(TraktError, match=text):
        await oauth.finish(await oauth.begin())
    assert trakt.device == [200]


async def test_an_unused_code_expires(trakt: FakeTrakt, oauth: OAuth, time: Time) -> None:
    """The polls end with the code."""
    trakt.device = [400] * 1000
    with pytest.raises(TraktError, match="expired"):
        await oauth.finish(await oauth.begin())
    assert sum(time.slept) == 600


async def test_an_expired_token_is_renewed_before_its_use(trakt: FakeTrakt, oauth: OAuth, time: Time) -> None:
    """`expires_in` sets the time. The new token works."""
    trakt.device, trakt.expires_in = [200], 3600
    await oauth.finish(await oauth.begin())
    time.now = 2_000_000_000 + 3600 - 30
    assert await oauth.bearer() == "access-2"
    assert trakt.log.count("/oauth/token") == 1


async def test_a_logout_deletes_the_login(trakt: FakeTrakt, oauth: OAuth) -> None:
    """The token is revoked at Trakt, too. A second logout is no error."""
    trakt.device = [200]
    await oauth.finish(await oauth.begin())
    assert await oauth.logout()
    assert trakt.log[-1] == "/oauth/revoke"
    assert not await oauth.logout()
    with pytest.raises(NeedsLogin, match="nobody is logged in"):
        await oauth.bearer()


def test_whoami_and_logout(trakt: FakeTrakt, settings: TraktSettings) -> None:
    """Without a login, `whoami` names the command to run."""
    assert command(settings, "whoami").stdout == "ann (Europe/Berlin)\n"
    assert command(settings, "logout").stdout == "Logged out.\n"
    again = command(settings, "whoami")
    assert (again.returncode, again.stderr) == (1, "nobody is logged in: run 'cinestream-trakt login'\n")


def test_the_command_login_shows_no_secret(trakt: FakeTrakt, settings: TraktSettings) -> None:
    """The code for the user is shown."""
    trakt.device = [200]
    settings.login.token_file.unlink()
    trakt.interval = 1
    result = command(settings, "login")
    assert result.stdout == "Open https://x/activate and type in ABCD\nLogged in as ann.\n"
    assert "access-" not in result.stdout + result.stderr
