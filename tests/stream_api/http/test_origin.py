"""The sites whose pages may sign in."""

import pytest
from starlette.datastructures import Headers

from cinestream_stream_api.http.access.origin import Site, may_sign_in, site_of

FRIEND = "https://friend.example"


@pytest.mark.parametrize(
    ("site", "origin"),
    [
        (Site("http", "localhost:3000"), "http://localhost:3000"),
        (Site("http", "films.example"), "http://films.example"),
        (Site("http", "films.example:80"), "http://films.example"),
        (Site("https", "films.example:443"), "https://Films.example"),
        (Site("http", "films.example"), "https://films.example"),
        (Site("http", "[::1]:3000"), "http://[::1]:3000"),
        (Site("http", "films.example"), FRIEND),
        (Site("http", "films.example"), None),
    ],
)
def test_own_and_listed_pages_may_sign_in(site: Site, origin: str | None) -> None:
    """So may a page over TLS, where a proxy does not report TLS. Programs send no origin."""
    assert may_sign_in(origin, site, [FRIEND, "*"])


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "*",
        "https://",
        "https://stranger.example",
        "http://friend.example",
        "https://friend.example.stranger.example",
        "http://films.example",
        "https://films.example:8443",
        "https://films.example/",
        "films.example",
    ],
)
def test_other_pages_may_not(origin: str) -> None:
    """Neither another scheme, port or spelling, nor a page without a site."""
    assert not may_sign_in(origin, Site("https", "films.example"), [FRIEND, "*", "null"])


def test_only_trusted_proxies_tell_the_site() -> None:
    """A client could send the same headers. Without proxy they mean nothing."""
    headers = Headers({"host": "api:3000", "x-forwarded-proto": "HTTPS, http", "x-forwarded-host": "films.example"})
    assert site_of("http", headers, is_proxy=True) == Site("https", "films.example")
    assert site_of("http", headers, is_proxy=False) == Site("http", "api:3000")
    assert site_of("http", Headers({}), is_proxy=True) == Site("http", "")


def test_the_cookie_is_secure_behind_tls() -> None:
    """The scheme shows it, or the origin of a page of this site."""
    plain = Site("http", "films.example")
    assert Site("https", "films.example").is_secure_for("")
    assert plain.is_secure_for("https://films.example")
    assert not plain.is_secure_for("http://films.example")
    assert not plain.is_secure_for(FRIEND)
