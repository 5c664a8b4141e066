"""A visit in a real browser: loading parts, dialogs, challenges and refusals."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ports import free_port
from tests.scraper.browsers import installed_or_skip
from tests.scraper.page_samples import SITE, chart_page, title_page, titles_in
from tests.scraper.pages.test_real_pages import address_of, expected, index, text
from tests.scraper.sites import CannedResponse, HandMade, demo_site, hand_made_site

from cinestream.contracts import Kind, ScrapeRequest
from cinestream_scraper.browser.errors import SiteUnreachable
from cinestream_scraper.browser.launch import BrowserLauncher
from cinestream_scraper.browser.process_cleanup import BrowserRun
from cinestream_scraper.browser.session import BrowserSession
from cinestream_scraper.browser.visit.waits import PageTimeouts
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
    """Yield the address of a demo site."""
    with demo_site() as url:
        yield url


@pytest.fixture(scope="module")
def made() -> Iterator[HandMade]:
    """Yield a hand-made site."""
    with hand_made_site() as site:
        yield site


class Anywhere(Site):
    """A site for which any host may answer: the tests have several."""

    def is_own(self, url: str) -> bool:
        """Return True."""
        return True


@pytest.fixture(scope="module", params=["chrome", "firefox"])
def browser(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserSession]:
    """Yield a browser that reaches no other host than this machine."""
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
    """Return the verdict on the page at a URL."""
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
def test_each_fault_of_a_site_gets_its_verdict(
    browser: BrowserSession, demo: str, fault: str, expected: Verdict
) -> None:
    """Each fault of the demo site gets its verdict."""
    assert verdict_of(browser, f"{demo}/title/tt0468569/?fault={fault}").verdict is expected


@pytest.mark.parametrize(("seconds", "expected"), [(1, Verdict.FILM), (600, Verdict.CHALLENGE)])
def test_a_challenge_that_reloads_itself_is_waited_for(
    browser: BrowserSession, made: HandMade, seconds: int, expected: Verdict
) -> None:
    """Scripts return nothing or fail on a page that is being replaced. The visit tries them again."""
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


def test_a_page_that_reloads_itself_is_not_read_in_place_of_the_next(
    browser: BrowserSession, made: HandMade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The browser leaves an endless challenge before it opens another page."""
    monkeypatch.setattr(browser, "_timeouts", browser._timeouts._replace(challenge=2))
    path, other = "/title/tt0111161/", "/title/tt0068646/"
    script = "window.gokuProps = {}; setTimeout(() => location.reload(), 100)"
    made.answers[f"{path}?forever"] = CannedResponse(f"<html><body><script>{script}</script>" + "<p>x</p>" * 2000)
    made.answers[other] = CannedResponse(title_page("tt0068646"))
    for _ in range(2):
        assert verdict_of(browser, f"{made.url}{path}?forever").verdict is Verdict.CHALLENGE
        assert verdict_of(browser, made.url + other).verdict is Verdict.FILM


def test_a_page_that_reloads_itself_while_its_parts_load_is_read_at_last(
    browser: BrowserSession, made: HandMade
) -> None:
    """A film's page reloads itself twice after it has its data."""
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


@pytest.mark.parametrize("browser", ["chrome"], indirect=True)  # the driver of Firefox would wait for a page forever
@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (CannedResponse(status=204), Verdict.SERVER_ERROR),
        (CannedResponse("x" * 1000, headers={"Content-Disposition": "attachment; filename=x.bin"}), Verdict.INCOMPLETE),
        (CannedResponse("x" * 1000, headers={"Content-Type": "application/octet-stream"}), Verdict.INCOMPLETE),
    ],
    ids=["nothing", "download", "bytes"],
)
def test_a_response_without_a_page_is_not_taken_for_the_page_before(
    browser: BrowserSession, made: HandMade, answer: CannedResponse, verdict: Verdict
) -> None:
    """The browser continues to show the page before. It is not read a second time."""
    path, other = "/title/tt0111161/", "/title/tt0068646/"
    made.answers[path], made.answers[other] = answer, CannedResponse(title_page("tt0068646"))
    for _ in range(2):
        assert verdict_of(browser, made.url + other).verdict is Verdict.FILM
        reading = browser.read(made.url + path, Kind.TITLE)
        assert (reading.final_url, reading.html) == (made.url + path, "")
        assert judge(reading, Target(Kind.TITLE, "tt0111161")).verdict is verdict


@pytest.mark.parametrize("browser", ["chrome"], indirect=True)
def test_responses_for_frames_of_the_page_before_do_not_count(browser: BrowserSession, made: HandMade) -> None:
    """While no new page comes, the old page continues to send requests."""
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


def test_a_truncated_page_is_read_as_far_as_it_came(
    browser: BrowserSession, made: HandMade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A truncated page stays in the state of loading. Even with all its data it is not whole."""
    monkeypatch.setattr(browser, "_timeouts", browser._timeouts._replace(page=6))
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
    """Neither the page with dialogs nor the next page waits for them."""
    leaving = "onbeforeunload = event => { event.preventDefault(); return 'stay'; };"
    page = title_page().replace("</body>", f"<script>{leaving}{script}</script></body>")
    made.answers["/title/tt0111161/"] = CannedResponse(page)
    for _ in range(3):
        assert verdict_of(browser, f"{made.url}/title/tt0111161/").verdict is Verdict.FILM


@pytest.mark.parametrize(
    "hidden", ["display: none", "width: 0; height: 0; border: 0", "visibility: hidden", "opacity: 0"]
)
def test_an_invisible_dialog_is_not_answered(browser: BrowserSession, made: HandMade, hidden: str) -> None:
    """Consent services leave invisible frames behind. A page must not wait for an answer to them."""
    made.answers["/consent"] = CannedResponse(
        '<button title=accept onclick=\'parent.document.querySelector("h1").textContent = "answered"\'>x</button>'
    )
    frame = f'<body><iframe style="{hidden}" src="/consent"></iframe>'
    made.answers["/title/tt0111161/"] = CannedResponse(title_page().replace("<body>", frame))
    reading = browser.read(f"{made.url}/title/tt0111161/", Kind.TITLE)
    assert judge(reading, Target(Kind.TITLE, "tt0111161")).verdict is Verdict.FILM
    assert "<h1>x</h1>" in reading.html


def test_the_visible_button_is_clicked(browser: BrowserSession, made: HandMade) -> None:
    """Dialogs that are not in use leave invisible buttons behind."""
    buttons = """<button title=accept style="display: none" onclick="answer('accepted')">x</button>
    <button data-testid=reject-button onclick="answer('declined'); this.remove()">x</button>
    <script>const answer = text => { document.querySelector("h1").textContent = text; }</script></body>"""
    made.answers["/title/tt0111161/"] = CannedResponse(title_page().replace("</body>", buttons))
    assert "<h1>declined</h1>" in browser.read(f"{made.url}/title/tt0111161/", Kind.TITLE).html


def test_redirects_that_never_end_are_the_fault_of_their_page(browser: BrowserSession, made: HandMade) -> None:
    """A redirect loop counts as a failure of the page, and not of the site."""
    url = f"{made.url}/title/tt0111161/"
    made.answers["/title/tt0111161/"] = CannedResponse(status=302, headers={"Location": url})
    with pytest.raises(SiteUnreachable) as error:
        browser.read(url, Kind.TITLE)
    assert error.value.page == url


def test_a_title_is_read_with_the_parts_that_load_on_scroll(browser: BrowserSession, demo: str) -> None:
    """The sections below the fold are in the page, and no placeholder is left."""
    reading = browser.read(f"{demo}/title/tt0068646/", Kind.TITLE)
    assert reading.html.lower().startswith("<!doctype html>")
    for section in ("title-cast", "MoreLikeThis", "Storyline", "Details"):
        assert f'<section data-testid="{section}"' in reading.html
    assert "-loader" not in reading.html


def test_a_chart_leads_to_all_rows_that_its_data_holds(browser: BrowserSession, demo: str) -> None:
    """The chart leads to all 250 titles, of which the page shows 25."""
    reading = browser.read(f"{demo}/chart/top/", Kind.CHART)
    assert judge(reading, Target(Kind.CHART, "top")).verdict is Verdict.CHART
    assert len(titles_in(reading.html)) == 250


@pytest.mark.parametrize(("limit", "min_rows", "max_rows"), [(None, 51, 1000), (30, 30, 50), (5, 5, 25)])
def test_a_search_shows_its_rows_until_there_are_enough(
    browser: BrowserSession, demo: str, limit: int | None, min_rows: int, max_rows: int
) -> None:
    """All results are shown, or no more than the limit needs."""
    request = ScrapeRequest.of("search:the")
    reading = browser.read(f"{demo}{request.query}", Kind.SEARCH, limit)
    assert judge(reading, Target(request.kind, request.id)).verdict is Verdict.SEARCH
    assert min_rows <= len(titles_in(reading.html)) <= max_rows


def test_more_is_clicked_where_the_data_does_not_hold_all_rows(browser: BrowserSession, made: HandMade) -> None:
    """A chart whose rows come only by clicks is shown completely."""
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


def test_status_and_retry_after_are_those_of_the_response(browser: BrowserSession, demo: str) -> None:
    """They are those of the page's own response, and not of an earlier one."""
    reading = browser.read(f"{demo}/title/tt0068646/?fault=429:7", Kind.TITLE)
    assert (reading.status, reading.retry_after) == (429, "7")
    assert browser.read(f"{demo}/title/tt0068646/", Kind.TITLE).retry_after is None


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(404, Verdict.NOT_FOUND), (403, Verdict.BLOCKED), (429, Verdict.RATE_LIMITED), (503, Verdict.SERVER_ERROR)],
)
def test_a_response_without_a_body_keeps_its_status(
    browser: BrowserSession, made: HandMade, status: int, verdict: Verdict
) -> None:
    """Browsers show a page of their own instead. It is not taken for an unreachable site."""
    url = f"{made.url}/title/tt0111161/"
    made.answers["/title/tt0111161/"] = CannedResponse(status=status, headers={"Retry-After": "9"})
    reading = browser.read(url, Kind.TITLE)
    assert (reading.status, reading.final_url, reading.retry_after) == (status, url, "9")
    assert judge(reading, Target(Kind.TITLE, "tt0111161")).verdict is verdict


def test_the_final_address_is_known_after_a_redirect(browser: BrowserSession, made: HandMade) -> None:
    """The final address is that of the other host, whatever the page shows."""
    elsewhere = f"{made.url.replace('127.0.0.1', 'localhost')}/title/tt0111161/"
    made.answers["/title/tt0111161/"] = CannedResponse(title_page().replace(SITE, made.url))
    made.answers["/title/tt7777777/"] = CannedResponse(status=302, headers={"Location": elsewhere})
    assert browser.read(f"{made.url}/title/tt7777777/", Kind.TITLE).final_url == elsewhere


def test_images_and_fonts_are_not_loaded_and_the_locale_is_set(browser: BrowserSession, made: HandMade) -> None:
    """Images, fonts and media are not requested."""
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
    made.requested.clear()
    reading = browser.read(f"{made.url}/title/tt0111161/", Kind.TITLE)
    assert "<i>de-DE Asia/Tokyo</i>" in reading.html
    assert set(made.requested) == {"/title/tt0111161/", "/s.js"}


def test_windows_that_a_page_opens_are_closed(browser: BrowserSession, made: HandMade) -> None:
    """A pop-up is closed, and the page itself is read."""
    made.answers["/pop"] = CannedResponse("pop")
    made.answers["/title/tt0111161/"] = CannedResponse(
        title_page().replace("<body>", "<body><a target=w href=/pop>x</a><script>document.links[0].click()</script>")
    )
    for _ in range(2):
        assert verdict_of(browser, f"{made.url}/title/tt0111161/").verdict is Verdict.FILM
    assert browser._driver
    assert len(browser._driver.window_handles) == 1


def test_an_unreachable_site_is_not_taken_for_a_lost_browser(browser: BrowserSession, demo: str) -> None:
    """The browser still works, and reads the next page."""
    with pytest.raises(SiteUnreachable, match=r"ERR_CONNECTION_REFUSED|connectionFailure") as error:
        browser.read(f"http://127.0.0.1:{free_port()}/title/tt0111161/", Kind.TITLE)
    assert error.value.page == ""
    with pytest.raises(SiteUnreachable, match=r"chrome-error|deniedPortAccess"):
        browser.read("http://127.0.0.1:9/title/tt0111161/", Kind.TITLE)  # a port that no browser connects to
    assert verdict_of(browser, f"{demo}/title/tt0068646/").verdict is Verdict.FILM


def test_real_pages_keep_their_verdict_in_the_browser(browser: BrowserSession, made: HandMade, samples: Path) -> None:
    """One page of each layout is served and read, and gets the verdict of its file."""
    folder = samples / "imdb-pages"
    layouts = {
        row["layout"]: row for row in index(folder) if row["layout"].startswith(("legacy_t", "next_t", "next_c"))
    }
    for row in layouts.values():
        url, target = address_of(row)
        path = f"/{target.kind}/{target.id}/"
        made.answers[path] = CannedResponse(text(folder / row["file"]))
        reading: Reading = browser.read(made.url + path, target.kind)
        verdict = judge(reading, target).verdict
        assert verdict is expected(row), (row["file"], url)
