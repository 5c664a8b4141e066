"""The login in the system's keyring."""

from pathlib import Path

import keyring.core
import pytest
from tests.paths import ROOT
from tests.trakt_export.conftest import command
from tests.trakt_export.server import FakeTrakt

from cinestream_trakt_export.settings import TraktSettings


@pytest.fixture
def variables(settings: TraktSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return variables with a keyring. There is no file with a login."""
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)  # keyring chooses once for a process
    settings.login.token_file.unlink()
    return {
        "CINESTREAM_TRAKT_LOGIN__KEYRING": "true",
        "KEYRING_FILE": str(tmp_path / "keyring"),
        "PYTHON_KEYRING_BACKEND": "tests.trakt_export.file_keyring.FileKeyring",
        "PYTHONPATH": str(ROOT),
    }


def test_the_login_is_only_in_the_keyring(
    trakt: FakeTrakt, settings: TraktSettings, variables: dict[str, str], tmp_path: Path
) -> None:
    """No file holds it after the login, the renewal or the logout."""
    trakt.device, trakt.interval = [200], 1
    assert command(settings, "whoami", variables=variables).returncode == 1
    assert command(settings, "login", variables=variables).returncode == 0
    trakt.access = "access-7"  # the stored token is refused now, and must be renewed
    assert command(settings, "whoami", variables=variables).stdout == "ann (Europe/Berlin)\n"
    assert trakt.refresh.removeprefix("refresh-") in (tmp_path / "keyring").read_text()
    assert not settings.login.token_file.exists()
    assert command(settings, "logout", variables=variables).stdout == "Logged out.\n"
    assert (tmp_path / "keyring").read_text() == "{}"


def test_an_unusable_keyring_is_reported(trakt: FakeTrakt, settings: TraktSettings, variables: dict[str, str]) -> None:
    """The message names the setting to change."""
    variables["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    result = command(settings, "whoami", variables=variables)
    assert (result.returncode, "login.keyring" in result.stderr) == (1, True)
