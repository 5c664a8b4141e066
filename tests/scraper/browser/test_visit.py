"""One page in a real browser: what loads is waited for, what asks is answered, what says no is recognised."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ports import free_port
from tests.scraper.browsers import installed_or_skip
from tests.scraper.page_samples import SITE, chart_page, title_page, titles_in
from tests.scraper.pages.test_real_pages import asked_for, expected, index, text
from tests.scraper.sites import CannedResponse, HandMade, demo_site, hand_made_site

from cinestream.contracts import Kind, ScrapeRequest
from cinestream_scraper.browser.errors import SiteUnreachable
from cinestream_scraper.browser.launch import BrowserLauncher
from cinestream_scraper.browser.process_cleanup import BrowserRun
from cinestream_scraper.browser.session import BrowserSession
from cinestream_scraper.browser.visit import PageTimeouts
from cinestream_scraper.pages.reading import Reading
from cinestream_scraper.pages.targets import Target, target_of
from cinestream_scraper.pages.verdict import Judgement, Verdict, judge
from cinestream_scraper.politeness.access_policy import AllowedHosts
from cinestream_scraper.politeness.dns import NameResolver
from cinestream_scraper.settings import ScraperSettings
from cinestream_scraper.site import Site

pytestmark = pytest.mark.browser

OFFLINE = {"chrome": "--host-resolver-rules='MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'", "firefox": ""}


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    """A demo site."""
    with demo_site() as url:
        yield url


@pytest.fixture(scope="module")
def made() -> Iterator[HandMade]:
    """A hand-made site."""
    with hand_made_site() as site:
        yield site


class Anywhere(Site):
    """A site that everybody may answer for: the tests have several."""

    def is_own(self, url: str) -> bool:
        """Yes."""
        return True


@pytest.fixture(scope="module", params=["chrome", "firefox"])
def browser(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserSession]:
    """A browser that knows no other host than this machine."""
    installed = installed_or_skip(request.param)
    settings = ScraperSettings(
        scraper_browser=request.param,
        scraper_browser_args=OFFLINE[request.param],
        scraper_page_deadline=60,
        scraper_locale="de-DE",
        scraper_timezone="Asia/Tokyo",
    )
    run = BrowserRun.begin(tmp_path_factory.mktemp("state"))
    allowed_hosts = AllowedHosts(Anywhere("", frozenset()), NameResolver())
    launcher = BrowserLauncher(settings, installed, allowed_hosts)
    session = BrowserSession("1", launcher, run, PageTimeouts(challenge=6, quiet=0.5))
    yield session
    session.kill()
    run.end()


def verdict_of(browser: BrowserSession, url: str) -> Judgement:
    """The verdict on the page at a URL."""
    target = target_of(url.partition("?")[0])
    assert target
    return judge(browser.read(url, target.kind), target)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("slow:1", Verdict.FILM),
        ("challenge", Verdict.FILM),
        ("consent", Verdict.FILM),
        ("consent-wall", Verdict.FILM),
        ("localised", Verdict.FILM),
        ("unreleased", Verdict.FILM),
        ("series", Verdict.OTHER_KIND),
        ("redirect", Verdict.MOVED),
        ("404", Verdict.NOT_FOUND),
        ("503", Verdict.SERVER_ERROR),
        ("429:7", Verdict.RATE_LIMITED),
        ("403", Verdict.BLOCKED),
        ("challenge-forever", Verdict.CHALLENGE),
        ("empty", Verdict.CHALLENGE),
        ("incomplete", Verdict.INCOMPLETE),
        ("incomplete:bare", Verdict.INCOMPLETE),
    ],
)
def test_what_a_crawl_meets(browser: BrowserSession, demo: str, fault: str, expected: Verdict) -> None:
    """Each thing that the site can do to a page gets its verdict."""
    assert verdict_of(browser, f"{demo}/title/tt0468569/?fault={fault}").verdict is expected


@pytest.mark.parametrize(("seconds", "expected"), [(1, Verdict.FILM), (600, Verdict.CHALLENGE)])
def test_a_challenge_that_loads_itself_again_is_asked_again(
    browser: BrowserSession, made: HandMade, seconds: int, expected: Verdict
) -> None:
    """A page that is replaced while it is asked answers nothing, or fails: that is no fault of browser or page."""
    path = "/title/tt0111161/"
    script = f"""window.gokuProps = {{}};
    sessionStorage.since{seconds} ||= Date.now();
    const over = Date.now() - sessionStorage.since{seconds} > {seconds * 1000};
    setTimeout(() => over ? location.replace("{path}") : location.reload(), 100);"""
    made.answers[path] = CannedResponse(title_page())
    made.answers[f"{path}?moving={seconds}"] = CannedResponse(
        f"<html><body><script>{script}</script>" + "<p>x</p>" * 2000
    )
    assert verdict_of(browser, f"{made.url}{path}?moving={seconds}").verdict is expected


def test_a_page_that_goes_on_loading_itself_does_not_take_the_place_of_the_next(
    browser: BrowserSession, made: HandMade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A challenge that never ends is left before another page is opened."""
    monkeypatch.setattr(browser, "_waits", browser._waits._replace(challenge=2))
    path, other = "/title/tt0111161/", "/title/tt0068646/"
    script = "window.gokuProps = {}; setTimeout(() => location.reload(), 100)"
    made.answers[f"{path}?forever"] = CannedResponse(f"<html><body><script>{script}</script>" + "<p>x</p>" * 2000)
    made.answers[other] = CannedResponse(title_page("tt0068646"))
    for _ in range(2):
        assert verdict_of(browser, f"{made.url}{path}?forever").verdict is Verdict.CHALLENGE
        assert verdict_of(browser, made.url + other).verdict is Verdict.FILM


def test_a_page_that_is_replaced_while_its_parts_load_is_read_as_the_one_that_stays(
    browser: BrowserSession, made: HandMade
) -> None:
    """A film whose page loads itself again twice, when it has its data."""
    path = "/title/tt0111161/"
    script = """const times = Number(sessionStorage.times || 0);
    sessionStorage.times = times + 1;
    document.querySelector("h1").textContent = `time ${times}`;
    if (times < 2) setTimeout(() => location.reload(), 200);"""
    loading = f'<section><div data-testid="x-loader"></div></section><script>{script}</script></body>'
    made.answers[path] = CannedResponse(title_page().replace("</body>", loading))
    reading = browser.read(made.url + path, Kind.TITLE)
    assert judge(reading, Target(Kind.TITLE, "tt0111161")).verdict is Verdict.FILM
    assert "<h1>time 2</h1>" in reading.html


@pytest.mark.parametrize("browser", ["chrome"], indirect=True)  # the driver of Firefox waits for a page until the end
@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (CannedResponse(status=204), Verdict.SERVER_ERROR),
        (CannedResponse("x" * 1000, headers={"Content-Disposition": "attachment; filename=x.bin"}), Verdict.INCOMPLETE),
        (CannedResponse("x" * 1000, headers={"Content-Type": "application/octet-stream"}), Verdict.INCOMPLETE),
    ],
    ids=["nothing", "download", "bytes"],
)
def test_an_answer_that_is_no_page_is_not_taken_for_the_page_before(
    browser: BrowserSession, made: HandMade, answer: CannedResponse, verdict: Verdict
) -> None:
    """The browser goes on showing that one, which is what nobody asked for."""
    path, other = "/title/tt0111161/", "/title/tt0068646/"
    made.answers[path], made.answers[other] = answer, CannedResponse(title_page("tt0068646"))
    for _ in range(2):
        assert verdict_of(browser, made.url + other).verdict is Verdict.FILM
        reading = browser.read(made.url + path, Kind.TITLE)
        assert (reading.final_url, reading.html) == (made.url + path, "")
        assert judge(reading, Target(Kind.TITLE, "tt0111161")).verdict is verdict


@pytest.mark.parametrize("browser", ["chrome"], indirect=True)
def test_what_a_frame_of_the_page_before_is_answered_is_not_the_answer(browser: BrowserSession, made: HandMade) -> None:
    """While no new page comes, the old one goes on asking."""
    path, other = "/title/tt0111161/", "/title/tt0068646/"
    script = """<iframe></iframe><script>
    setInterval(() => { document.querySelector("iframe").src = "/frame?" + Math.random(); }, 20)
    </script></body>"""
    made.answers[path] = CannedResponse(status=204)
    made.answers[other] = CannedResponse(title_page("tt0068646").replace("</body>", script))
    for _ in range(5):
        assert verdict_of(browser, made.url + other).verdict is Verdict.FILM
        reading = browser.read(made.url + path, Kind.TITLE)
        assert (reading.final_url, reading.status) == (made.url + path, 204)


def test_a_page_that_is_cut_off_is_read_as_far_as_it_came(
    browser: BrowserSession, made: HandMade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says for ever that it is loading, which is no fault of the browser; with all its data it is not whole."""
    monkeypatch.setattr(browser, "_waits", browser._waits._replace(page=6))
    page = title_page()
    headers = {"Content-Length": str(len(page)), "Connection": "close"}
    made.answers["/title/tt0111161/"] = CannedResponse(page[: page.index("</body>")], headers=headers)
    assert verdict_of(browser, f"{made.url}/title/tt0111161/").verdict is Verdict.INCOMPLETE


@pytest.mark.parametrize(
    "script",
    ["alert('x'); confirm('y'); prompt('z'); print()", "setTimeout(() => alert('x'), 99)"],
    ids=["now", "late"],
)
def test_alert_boxes_are_closed(browser: BrowserSession, made: HandMade, script: str) -> None:
    """Those of a page do not keep it from being read, nor the next one."""
    leaving = "onbeforeunload = event => { event.preventDefault(); return 'stay'; };"
    page = title_page().replace("</body>", f"<script>{leaving}{script}</script></body>")
    made.answers["/title/tt0111161/"] = CannedResponse(page)
    for _ in range(3):
        assert verdict_of(browser, f"{made.url}/title/tt0111161/").verdict is Verdict.FILM


@pytest.mark.parametrize(
    "hidden", ["display: none", "width: 0; height: 0; border: 0", "visibility: hidden", "opacity: 0"]
)
def test_a_dialog_that_nobody_sees_is_not_answered(browser: BrowserSession, made: HandMade, hidden: str) -> None:
    """Consent services leave frames behind that ask nothing, and a page would be kept waiting for an answer to them."""
    made.answers["/consent"] = CannedResponse(
        '<button title=accept onclick=\'parent.document.querySelector("h1").textContent = "answered"\'>x</button>'
    )
    frame = f'<body><iframe style="{hidden}" src="/consent"></iframe>'
    made.answers["/title/tt0111161/"] = CannedResponse(title_page().replace("<body>", frame))
    reading = browser.read(f"{made.url}/title/tt0111161/", Kind.TITLE)
    assert judge(reading, Target(Kind.TITLE, "tt0111161")).verdict is Verdict.FILM
    assert "<h1>x</h1>" in reading.html


def test_the_button_that_is_seen_is_the_one_that_is_clicked(browser: BrowserSession, made: HandMade) -> None:
    """Dialogs that were answered, or are not asked here, leave theirs behind."""
    buttons = """<button title=accept style="display: none" onclick="answer('accepted')">x</button>
    <button data-testid=reject-button onclick="answer('declined'); this.remove()">x</button>
    <script>const answer = said => { document.querySelector("h1").textContent = said; }</script></body>"""
    made.answers["/title/tt0111161/"] = CannedResponse(title_page().replace("</body>", buttons))
    assert "<h1>declined</h1>" in browser.read(f"{made.url}/title/tt0111161/", Kind.TITLE).html


def test_redirects_that_never_end_are_the_fault_of_their_page(browser: BrowserSession, made: HandMade) -> None:
    """Not of the site, which is not thought to fail for them."""
    url = f"{made.url}/title/tt0111161/"
    made.answers["/title/tt0111161/"] = CannedResponse(status=302, headers={"Location": url})
    with pytest.raises(SiteUnreachable) as error:
        browser.read(url, Kind.TITLE)
    assert error.value.page == url


def test_a_title_is_read_with_the_parts_that_load_on_scroll(browser: BrowserSession, demo: str) -> None:
    """The sections below the fold are in the page, and nothing that is still loading."""
    reading = browser.read(f"{demo}/title/tt0068646/", Kind.TITLE)
    assert reading.html.lower().startswith("<!doctype html>")
    for section in ("title-cast", "MoreLikeThis", "Storyline", "Details"):
        assert f'<section data-testid="{section}"' in reading.html
    assert "-loader" not in reading.html


def test_a_chart_leads_to_all_rows_that_its_data_holds(browser: BrowserSession, demo: str) -> None:
    """All 250 titles, of which the page shows 25."""
    reading = browser.read(f"{demo}/chart/top/", Kind.CHART)
    assert judge(reading, Target(Kind.CHART, "top")).verdict is Verdict.CHART
    assert len(titles_in(reading.html)) == 250


@pytest.mark.parametrize(("limit", "least", "most"), [(None, 51, 1000), (30, 30, 50), (5, 5, 25)])
def test_a_search_shows_its_rows_until_there_are_enough(
    browser: BrowserSession, demo: str, limit: int | None, least: int, most: int
) -> None:
    """All that was found, or no more clicks than the limit needs."""
    request = ScrapeRequest.of("search:the")
    reading = browser.read(f"{demo}{request.query}", Kind.SEARCH, limit)
    assert judge(reading, Target(request.kind, request.id)).verdict is Verdict.SEARCH
    assert least <= len(titles_in(reading.html)) <= most


def test_more_is_clicked_where_the_data_does_not_hold_all_rows(browser: BrowserSession, made: HandMade) -> None:
    """A chart whose rows come only by clicking is shown whole."""
    script = """<ul></ul><span class="ipc-see-more"><button onclick="more()">more</button></span><script>
    let n = 0;
    function more() {
      for (let i = 0; i < 10; i++) document.querySelector("ul").insertAdjacentHTML("beforeend",
        `<li class="ipc-metadata-list-summary-item"><a href="/title/tt${String(++n).padStart(7, "0")}/">x</a></li>`);
      if (n === 40) document.querySelector(".ipc-see-more").remove();
    }
    more();
    </script>"""
    made.answers["/chart/top/"] = CannedResponse(chart_page([]).replace("<h1>x</h1>", script))
    assert len(titles_in(browser.read(f"{made.url}/chart/top/", Kind.CHART).html)) == 40


def test_the_status_and_retry_after_are_those_of_the_answer(browser: BrowserSession, demo: str) -> None:
    """Also after a redirect: what the page's own answer said, not that of an earlier one."""
    reading = browser.read(f"{demo}/title/tt0068646/?fault=429:7", Kind.TITLE)
    assert (reading.status, reading.retry_after) == (429, "7")
    assert browser.read(f"{demo}/title/tt0068646/", Kind.TITLE).retry_after is None


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(404, Verdict.NOT_FOUND), (403, Verdict.BLOCKED), (429, Verdict.RATE_LIMITED), (503, Verdict.SERVER_ERROR)],
)
def test_an_answer_without_a_body_keeps_its_status(
    browser: BrowserSession, made: HandMade, status: int, verdict: Verdict
) -> None:
    """Browsers show a page of their own instead; it is not mistaken for a site that is away."""
    url = f"{made.url}/title/tt0111161/"
    made.answers["/title/tt0111161/"] = CannedResponse(status=status, headers={"Retry-After": "9"})
    reading = browser.read(url, Kind.TITLE)
    assert (reading.status, reading.final_url, reading.retry_after) == (status, url, "9")
    assert judge(reading, Target(Kind.TITLE, "tt0111161")).verdict is verdict


def test_the_final_address_is_known_after_a_redirect(browser: BrowserSession, made: HandMade) -> None:
    """A page that leads to another host says so, whatever it shows."""
    elsewhere = f"{made.url.replace('127.0.0.1', 'localhost')}/title/tt0111161/"
    made.answers["/title/tt0111161/"] = CannedResponse(title_page().replace(SITE, made.url))
    made.answers["/title/tt7777777/"] = CannedResponse(status=302, headers={"Location": elsewhere})
    assert browser.read(f"{made.url}/title/tt7777777/", Kind.TITLE).final_url == elsewhere


def test_images_and_fonts_are_not_loaded_and_the_locale_is_asked_for(browser: BrowserSession, made: HandMade) -> None:
    """What nobody looks at is not fetched."""
    style = "<style>@font-face {font-family: F; src: url(/f.woff2)} h1 {font-family: F}</style>"
    head = f'{style}<script src="/s.js"></script>'
    body = '<h1>x</h1><img src="/i.png"><video autoplay src="/v.mp4"></video><i></i>'
    made.answers["/s.js"] = CannedResponse(
        "document.addEventListener('DOMContentLoaded', () => document.querySelector('i').textContent ="
        " navigator.language + ' ' + Intl.DateTimeFormat().resolvedOptions().timeZone)",
        headers={"Content-Type": "text/javascript"},
    )
    made.answers["/title/tt0111161/"] = CannedResponse(
        title_page().replace("<head>", "<head>" + head).replace("<h1>x</h1>", body)
    )
    made.asked.clear()
    reading = browser.read(f"{made.url}/title/tt0111161/", Kind.TITLE)
    assert "<i>de-DE Asia/Tokyo</i>" in reading.html
    assert set(made.asked) == {"/title/tt0111161/", "/s.js"}


def test_windows_that_a_page_opens_are_closed(browser: BrowserSession, made: HandMade) -> None:
    """A pop-up does not change which page is read, and does not stay."""
    made.answers["/pop"] = CannedResponse("pop")
    made.answers["/title/tt0111161/"] = CannedResponse(
        title_page().replace("<body>", "<body><a target=w href=/pop>x</a><script>document.links[0].click()</script>")
    )
    for _ in range(2):
        assert verdict_of(browser, f"{made.url}/title/tt0111161/").verdict is Verdict.FILM
    assert browser._driver
    assert len(browser._driver.window_handles) == 1


def test_a_site_that_is_away_is_told_from_a_browser_that_is(browser: BrowserSession, demo: str) -> None:
    """Nobody listens: the browser is well, and reads the next page."""
    with pytest.raises(SiteUnreachable, match=r"ERR_CONNECTION_REFUSED|connectionFailure") as error:
        browser.read(f"http://127.0.0.1:{free_port()}/title/tt0111161/", Kind.TITLE)
    assert error.value.page == ""
    with pytest.raises(SiteUnreachable, match=r"chrome-error|deniedPortAccess"):
        browser.read("http://127.0.0.1:9/title/tt0111161/", Kind.TITLE)  # a port that no browser connects to
    assert verdict_of(browser, f"{demo}/title/tt0068646/").verdict is Verdict.FILM


def test_real_pages_keep_their_verdict_in_the_browser(browser: BrowserSession, made: HandMade, samples: Path) -> None:
    """One page of every layout, served and read: it is judged like the file."""
    folder = samples / "imdb-pages"
    layouts = {
        row["layout"]: row for row in index(folder) if row["layout"].startswith(("legacy_t", "next_t", "next_c"))
    }
    for row in layouts.values():
        url, target = asked_for(row)
        path = f"/{target.kind}/{target.id}/"
        made.answers[path] = CannedResponse(text(folder / row["file"]))
        reading: Reading = browser.read(made.url + path, target.kind)
        verdict = judge(reading, target).verdict
        assert verdict is expected(row), (row["file"], url)
