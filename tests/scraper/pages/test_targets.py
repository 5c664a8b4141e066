"""The addresses of targets, and the hosts that may answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinestream.contracts import Invalid, Kind, ScrapeRequest
from cinestream_scraper.pages.targets import Target, target_of
from cinestream_scraper.site import Site


@pytest.mark.parametrize(
    ("site", "target", "url"),
    [
        ("https://www.imdb.com", "tt0111161", "https://www.imdb.com/title/tt0111161/"),
        ("https://www.imdb.com", "list:ls055592025", "https://www.imdb.com/list/ls055592025/"),
        ("https://www.imdb.com", "list:ls055592025-2", "https://www.imdb.com/list/ls055592025/?page=2"),
        ("http://h/fault/slow:1", "search:the matrix", "http://h/fault/slow:1/find/?q=the+matrix&s=tt"),
        (
            "https://www.imdb.com",
            "search:/search/title/?genres=drama",
            "https://www.imdb.com/search/title/?genres=drama",
        ),
        ("https://www.imdb.com/", "chart:top", "https://www.imdb.com/chart/top/"),
        ("http://127.0.0.1:8080/fault/slow:1", "tt0111161", "http://127.0.0.1:8080/fault/slow:1/title/tt0111161/"),
    ],
)
def test_a_target_has_one_address(site: str, target: str, url: str) -> None:
    """The page of a target is below the site's own address."""
    request = ScrapeRequest.of(target)
    assert Site.of(site).address(request) == url
    assert target_of(url) == Target(request.kind, request.id)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.imdb.com/title/tt0111161/locations/",
        "https://www.imdb.com/",
        "https://www.imdb.com/name/nm1/",
        "https://www.imdb.com/find/",
        "",
        "x",
    ],
)
def test_other_pages_are_no_targets(url: str) -> None:
    """A sub-page, a person and the home page are not the page of a target."""
    assert target_of(url) is None


@given(st.text(max_size=60))
def test_any_text_is_a_target_or_none(url: str) -> None:
    """Any text may be looked up without an error."""
    target = target_of(url)
    assert target is None or target.kind in Kind


@pytest.mark.parametrize(
    "target",
    [
        "https://films.example/title/tt0111161/",
        " https://films.example/title/tt0111161/",
        "httpx://films.example/list/ls055592025/",
        "http://[bad/title/tt0111161/",
    ],
)
def test_a_target_at_another_host_is_refused(target: str) -> None:
    """Its id would be read from the wrong site. A text that is no address is not a target either."""
    with pytest.raises(Invalid, match="not allowed"):
        Site.of("https://www.imdb.com").require_named(target)


@pytest.mark.parametrize("url", ["https://www.imdb.com/x", "http://www.imdb.com:80/x", "https://m.imdb.com/title/tt1/"])
def test_the_site_and_allowed_hosts_may_answer(url: str) -> None:
    """The site may answer by http and https, and so may the hosts of the setting."""
    Site.of("https://www.imdb.com", ["m.imdb.com", ""]).require_allowed(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://imdb.com/",
        "https://www.imdb.com.example.com/",
        "https://www.imdb.com:8443/",
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "data:text/html,x",
        "chrome-error://chromewebdata/",
        "http://[::1/",
        "",
    ],
)
def test_no_other_host_may_answer(url: str) -> None:
    """Any other host, port or scheme is refused with a dead letter."""
    with pytest.raises(Invalid, match="not allowed"):
        Site.of("https://www.imdb.com", ["m.imdb.com"]).require_allowed(url)


def test_of_private_addresses_only_the_site_itself_is_allowed() -> None:
    """The demo site may be at a private address. No other host can be allowed there."""
    Site.of("http://127.0.0.1:8080").require_allowed("http://127.0.0.1:8080/title/tt0111161/")
    for host in ("127.0.0.1", "10.0.0.5:80", "localhost", "metadata.internal", "169.254.169.254"):
        with pytest.raises(ValueError, match="private"):
            Site.of("https://www.imdb.com", [host])
