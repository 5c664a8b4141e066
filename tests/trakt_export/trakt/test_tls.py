"""TLS: certificates that are trusted, and certificates that are not."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from tests.trakt_export.conftest import command
from tests.trakt_export.server import FakeTrakt, movie, serving

from cinestream_trakt_export.settings import TraktSettings


@pytest.fixture
def authority() -> trustme.CA:
    """Return an unknown certificate authority."""
    return trustme.CA()


@pytest.fixture
def trakt(authority: trustme.CA) -> Iterator[FakeTrakt]:
    """Serve Trakt with a certificate of this authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with serving(FakeTrakt(), tls=context) as account:
        account.lists["/sync/ratings/movies"] = [{"rating": 5, "type": "movie", "movie": movie(1)}]
        yield account


def test_ssl_cert_file_is_trusted(
    trakt: FakeTrakt, settings: TraktSettings, authority: trustme.CA, tmp_path: Path
) -> None:
    """A network's own proxy may need this."""
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    variables = {"SSL_CERT_FILE": str(tmp_path / "authority.pem")}
    result = command(settings, "export", "ratings", "--out", str(tmp_path / "out"), variables=variables)
    assert result.returncode == 0, result.stderr
    assert len((tmp_path / "out" / "ratings-001.csv").read_text().splitlines()) == 2


@pytest.mark.parametrize("arguments", [("export", "ratings", "--out", "out"), ("login",)])
def test_an_untrusted_certificate_is_refused_at_once(
    trakt: FakeTrakt, settings: TraktSettings, arguments: tuple[str, ...]
) -> None:
    """The message names the remedy. Nothing is sent, above all not the login."""
    result = command(settings, *arguments)
    assert result.returncode == 1
    assert result.stderr.startswith("the certificate of 127.0.0.1 is not trusted")
    assert "SSL_CERT_FILE" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert trakt.gets == 0
