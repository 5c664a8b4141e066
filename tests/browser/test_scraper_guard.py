"""Where a browser may go: what is not allowed is refused before it is asked, however a page leads there."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.scraper.pages import title_page
from tests.scraper.sites import Answer, HandMade, hand_made_site

from cinestream.contracts import Invalid, Kind
from cinestream_scraper.installed import Installed, NoBrowser, find_browser
from cinestream_scraper.launch import Launch, Waits
from cinestream_scraper.leftovers import Run
from cinestream_scraper.session import BrowserSession, SessionLost
from cinestream_scraper.settings import ScraperSettings

pytestmark = pytest.mark.browser
PATH = "/title/tt0111161/"
RESOLVER = "--host-resolver-rules='MAP public.example 127.0.0.1'"


@pytest.fixture(scope="module")
def installed() -> Installed:
    """The browser of this machine."""
    try:
        return find_browser("chrome")
    except NoBrowser as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def site() -> Iterator[HandMade]:
    """The site that is read."""
    with hand_made_site() as site:
        yield site


@pytest.fixture(scope="module")
def foreign() -> Iterator[HandMade]:
    """Another site, on the same machine; `public.example` leads to it too."""
    with hand_made_site() as site:
        yield site


@pytest.fixture(scope="module")
def browser(installed: Installed, site: HandMade, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserSession]:
    """A browser of the site."""
    settings = ScraperSettings(imdb_url=site.url, scraper_page_deadline=30, scraper_browser_args=RESOLVER)
    run = Run.begin(tmp_path_factory.mktemp("state"))
    session = BrowserSession("1", Launch(settings, installed), run, Waits(quiet=0.5))
    yield session
    session.kill()
    run.end()


@pytest.fixture(autouse=True)
def nobody_asked(site: HandMade, foreign: HandMade) -> None:
    """Both sites are asked for the first time, and answer well."""
    for one in (site, foreign):
        one.asked.clear()
        one.answers.clear()
    foreign.answers.update(dict.fromkeys(("/", "/i.js", PATH), Answer("x")))


def elsewhere(foreign: HandMade, host: str) -> str:
    """The address of a page of the other site, by one of the names that lead to it."""
    return f"{foreign.url.replace('127.0.0.1', host)}{PATH}"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "public.example", "[::1]"])
def test_a_page_that_leads_to_a_foreign_host_is_refused(
    browser: BrowserSession, site: HandMade, foreign: HandMade, host: str
) -> None:
    """It is never asked, and the next page is read by the same browser."""
    site.answers[PATH] = Answer(status=302, headers={"Location": elsewhere(foreign, host)})
    with pytest.raises(Invalid, match="not allowed"):
        browser.read(site.url + PATH, Kind.TITLE)
    assert foreign.asked == []
    site.answers[PATH] = Answer(title_page())
    assert browser.read(site.url + PATH, Kind.TITLE).status == 200


def test_a_script_leads_to_no_foreign_host(browser: BrowserSession, site: HandMade, foreign: HandMade) -> None:
    """Whether the page was read before the script ran or not."""
    site.answers[PATH] = Answer(f"<html><script>location = {elsewhere(foreign, 'public.example')!r}</script>")
    with suppress(Invalid):
        browser.read(site.url + PATH, Kind.TITLE)
    site.answers[PATH] = Answer(title_page())
    assert browser.read(site.url + PATH, Kind.TITLE).status == 200
    assert foreign.asked == []


def test_what_a_page_needs_comes_from_public_hosts_only(
    browser: BrowserSession, site: HandMade, foreign: HandMade
) -> None:
    """Frames and scripts of other hosts are loaded, but nothing from a private address; a window is a page."""
    port = foreign.url.rpartition(":")[2]
    parts = "".join(
        f"<script src='http://{host}:{port}/i.js'></script><iframe src='http://{host}:{port}/'></iframe>"
        for host in ("public.example", "localhost", "10.0.0.1", "[::1]")
    )
    window = f"<a target=w href='http://public.example:{port}/window'>x</a><script>document.links[0].click()</script>"
    site.answers[PATH] = Answer(title_page().replace("<body>", f"<body>{parts}{window}"))
    assert browser.read(site.url + PATH, Kind.TITLE).status == 200
    asked = [path for path in foreign.asked if path != "/favicon.ico"]
    assert "/i.js" in asked
    assert set(asked) <= {"/", "/i.js"}
    assert len(asked) == len(set(asked))


def test_a_browser_that_nobody_watches_reads_nothing(installed: Installed, site: HandMade, tmp_path: Path) -> None:
    """It is lost, to be replaced."""
    settings = ScraperSettings(imdb_url=site.url)
    run = Run.begin(tmp_path)
    session = BrowserSession("1", Launch(settings, installed), run, Waits())
    site.answers[PATH] = Answer(title_page())
    assert session.read(site.url + PATH, Kind.TITLE).status == 200
    assert session._guard
    session._guard.end()

    def read_on() -> None:
        while True:  # it notices in a moment
            session.read(site.url + PATH, Kind.TITLE)

    with pytest.raises(SessionLost, match="nobody watches"):
        read_on()
    session.kill()
    run.end()
