"""The request guard of a real browser: it refuses addresses before they are contacted, however a page leads there."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from selenium import webdriver
from tests.scraper.browsers import installed_or_skip
from tests.scraper.page_samples import title_page
from tests.scraper.sites import CannedResponse, HandMade, hand_made_site

from cinestream.contracts import Invalid, Kind
from cinestream_scraper.browser.discovery import InstalledBrowser
from cinestream_scraper.browser.errors import SessionLost
from cinestream_scraper.browser.launch import BrowserLauncher
from cinestream_scraper.browser.process_cleanup import BrowserRun
from cinestream_scraper.browser.session import BrowserSession
from cinestream_scraper.browser.visit.waits import PageTimeouts
from cinestream_scraper.politeness.access_policy import AllowedHosts
from cinestream_scraper.politeness.dns import NameResolver
from cinestream_scraper.settings import ScraperSettings

pytestmark = pytest.mark.browser
PATH = "/title/tt0111161/"


def addresses_of(name: str) -> list[str]:
    """Resolve the names of the tests. One of them has a private address as well."""
    return ["1.1.1.1", "10.0.0.1"] if name == "inside.example" else ["1.1.1.1"]


@pytest.fixture(scope="module", params=["chrome", "firefox"])
def installed(request: pytest.FixtureRequest) -> InstalledBrowser:
    """Return a browser of this machine."""
    return installed_or_skip(request.param)


@pytest.fixture(scope="module")
def site() -> Iterator[HandMade]:
    """Yield the site that is read."""
    with hand_made_site() as site:
        yield site


@pytest.fixture(scope="module")
def foreign() -> Iterator[HandMade]:
    """Yield another site on the same machine. All names of `.example` lead to it, too."""
    with hand_made_site() as site:
        yield site


@pytest.fixture(scope="module")
def inside() -> Iterator[HandMade]:
    """Yield a site at an address that browsers take for private. They take the two others for public."""
    with hand_made_site() as site:
        yield site


def port(site: HandMade) -> str:
    """Return the port of a site."""
    return site.url.rpartition(":")[2]


def arguments(kind: str, site: HandMade, foreign: HandMade) -> str:
    """Return browser arguments that map `.example` to this machine and make two sites public."""
    if kind == "firefox":
        return "-remote-allow-system-access"  # the names are a preference, set below
    public = ",".join(f"127.0.0.1:{port(one)}=public" for one in (site, foreign))
    return f"--host-resolver-rules='MAP *.example 127.0.0.1' --ip-address-space-overrides={public}"


@pytest.fixture(scope="module")
def browser(
    installed: InstalledBrowser, site: HandMade, foreign: HandMade, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserSession]:
    """Yield a browser of the site. Its pages may also come from two names of the other one."""
    settings = ScraperSettings(
        imdb_url=site.url,
        scraper_page_deadline=60,
        scraper_browser_args=arguments(installed.kind, site, foreign),
        scraper_allowed_hosts=f"allowed.example:{port(foreign)},inside.example:{port(foreign)}",
    )
    run = BrowserRun.begin(tmp_path_factory.mktemp("state"))
    launch = BrowserLauncher(settings, installed, AllowedHosts(settings.site, NameResolver(addresses_of)))
    session = BrowserSession("1", launch, run, PageTimeouts(quiet=0.5))
    if installed.kind == "firefox":
        session.read(site.url + PATH, Kind.TITLE)
        assert isinstance(session._driver, webdriver.Firefox)
        with session._driver.context(webdriver.Firefox.CONTEXT_CHROME):
            names = "public.example,allowed.example,inside.example"
            session._driver.execute_script(f"Services.prefs.setStringPref('network.dns.localDomains', '{names}')")
    yield session
    session.kill()
    run.end()


@pytest.fixture(autouse=True)
def nobody_asked(browser: BrowserSession, site: HandMade, foreign: HandMade, inside: HandMade) -> None:
    """Leave the page of the test before, and reset the sites."""
    if browser._driver:
        browser._driver.get("about:blank")
    for one in (site, foreign, inside):
        one.requested.clear()
        one.answers.clear()
        one.answers.update(dict.fromkeys(("/", "/i.js", "/data", PATH), CannedResponse("x")))


def elsewhere(foreign: HandMade, host: str) -> str:
    """Return the address of a page of the other site by one of its names."""
    return f"{foreign.url.replace('127.0.0.1', host)}{PATH}"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "public.example", "[::1]"])
def test_a_page_that_leads_to_a_foreign_host_is_refused(
    browser: BrowserSession, site: HandMade, foreign: HandMade, host: str
) -> None:
    """The host is never contacted, and the same browser reads the next page."""
    site.answers[PATH] = CannedResponse(status=302, headers={"Location": elsewhere(foreign, host)})
    with pytest.raises(Invalid, match="not allowed"):
        browser.read(site.url + PATH, Kind.TITLE)
    assert foreign.requested == []
    site.answers[PATH] = CannedResponse(title_page())
    assert browser.read(site.url + PATH, Kind.TITLE).status == 200


def test_an_allowed_host_may_answer_unless_it_is_at_a_private_address(
    browser: BrowserSession, site: HandMade, foreign: HandMade
) -> None:
    """A listed name that resolves to a private address is refused before it is contacted."""
    site.answers[PATH] = CannedResponse(status=302, headers={"Location": elsewhere(foreign, "allowed.example")})
    assert browser.read(site.url + PATH, Kind.TITLE).final_url == elsewhere(foreign, "allowed.example")
    foreign.requested.clear()
    site.answers[PATH] = CannedResponse(status=302, headers={"Location": elsewhere(foreign, "inside.example")})
    with pytest.raises(Invalid, match=r"inside\.example.* is at a private address"):
        browser.read(site.url + PATH, Kind.TITLE)
    assert foreign.requested == []


def test_parts_of_a_page_come_from_no_name_that_resolves_to_a_private_address(
    browser: BrowserSession, site: HandMade, foreign: HandMade, inside: HandMade
) -> None:
    """Scripts, frames and calls to a private name are refused. Those to other names are sent."""

    def needs(host: str) -> str:
        return (
            f"<script src='http://{host}/i.js'></script><iframe src='http://{host}/'></iframe>"
            f"<script>fetch('http://{host}/data', {{mode: 'no-cors'}})</script>"
        )

    parts = needs(f"inside.example:{port(inside)}") + needs(f"public.example:{port(foreign)}")
    site.answers[PATH] = CannedResponse(title_page().replace("<body>", f"<body>{parts}"))
    assert browser.read(site.url + PATH, Kind.TITLE).status == 200
    foreign.wait_until_requested("/i.js", "/", "/data")
    assert inside.requested == []


def test_a_script_leads_to_no_foreign_host(browser: BrowserSession, site: HandMade, foreign: HandMade) -> None:
    """The script may run before or after the page was read."""
    site.answers[PATH] = CannedResponse(f"<html><script>location = {elsewhere(foreign, 'public.example')!r}</script>")
    with suppress(Invalid):
        browser.read(site.url + PATH, Kind.TITLE)
    site.answers[PATH] = CannedResponse(title_page())
    assert browser.read(site.url + PATH, Kind.TITLE).status == 200
    assert foreign.requested == []


def test_parts_of_a_page_come_from_public_hosts_only(
    browser: BrowserSession, site: HandMade, foreign: HandMade
) -> None:
    """Frames and scripts of public hosts are loaded, and none from a private address. A window counts as a page."""
    at = port(foreign)
    parts = "".join(
        f"<script src='http://{host}:{at}/i.js'></script><iframe src='http://{host}:{at}/'></iframe>"
        for host in ("public.example", "localhost", "10.0.0.1", "[::1]")
    )
    window = f"<a target=w href='http://public.example:{at}/window'>x</a><script>document.links[0].click()</script>"
    site.answers[PATH] = CannedResponse(title_page().replace("<body>", f"<body>{parts}{window}"))
    assert browser.read(site.url + PATH, Kind.TITLE).status == 200
    foreign.wait_until_requested("/i.js", "/")
    assert sorted(foreign.requested) == ["/", "/i.js"]


@pytest.fixture
def another(installed: InstalledBrowser, site: HandMade, tmp_path: Path) -> Iterator[BrowserSession]:
    """Yield a browser for one test."""
    settings = ScraperSettings(imdb_url=site.url, scraper_page_deadline=60)
    run = BrowserRun.begin(tmp_path)
    session = BrowserSession("1", BrowserLauncher(settings, installed), run, PageTimeouts())
    yield session
    session.kill()
    run.end()


def test_a_session_without_its_guard_reads_nothing(another: BrowserSession, site: HandMade) -> None:
    """The session is lost, and the pool replaces it."""
    site.answers[PATH] = CannedResponse(title_page())
    assert another.read(site.url + PATH, Kind.TITLE).status == 200
    assert another._guard
    another._guard.close()
    while another._guard.alive:
        time.sleep(0.01)
    with pytest.raises(SessionLost, match="request guard connection lost"):
        another.read(site.url + PATH, Kind.TITLE)
