"""The site in a real browser: sections that load on scroll, the chart that grows, consent and challenge."""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.expected_conditions import presence_of_element_located
from selenium.webdriver.support.wait import WebDriverWait

pytestmark = pytest.mark.browser

SHELL = Path("/usr/lib/chromium/chromium-headless-shell")
ROWS = "ul.rows > li"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chrome]:
    """Start a headless Chromium."""
    driver = shutil.which("chromedriver")
    if driver is None or not SHELL.exists():
        pytest.skip("no chromium-headless-shell and chromium-driver here")
    options = ChromeOptions()
    options.binary_location = str(SHELL)
    # The tests may run as root, where Chromium's sandbox does not start; it only meets the demo site.
    for argument in ("--headless", "--no-sandbox", "--window-size=1400,900"):
        options.add_argument(argument)
    browser = Chrome(options=options, service=ChromeService(driver))
    yield browser
    browser.quit()


@pytest.fixture
def browser(chromium: Chrome) -> Chrome:
    """Return the browser without cookies."""
    chromium.execute_cdp_cmd("Network.clearBrowserCookies", {})
    return chromium


def found(browser: Chrome, selector: str) -> list[WebElement]:
    """Return all elements that are present now."""
    return browser.find_elements(By.CSS_SELECTOR, selector)


def wait_for(browser: Chrome, selector: str) -> WebElement:
    """Wait for an element, and return it."""
    return WebDriverWait(browser, 60, poll_frequency=0.02).until(
        presence_of_element_located((By.CSS_SELECTOR, selector))
    )


def answer_consent(browser: Chrome) -> None:
    """Accept in the iframe of the consent dialog."""
    browser.switch_to.frame(wait_for(browser, "[data-testid=consent-iframe]"))
    wait_for(browser, "[data-testid=accept-button]").click()
    browser.switch_to.default_content()
    WebDriverWait(browser, 60, poll_frequency=0.02).until(lambda _: not found(browser, "[data-testid=consent-iframe]"))


def test_sections_load_when_scrolled_to(browser: Chrome, served: str) -> None:
    """A section far down the page is absent until the visitor scrolls to it."""
    browser.get(f"{served}/title/tt0068646/")
    assert not found(browser, "[data-testid=MoreLikeThis]")
    assert not found(browser, "[data-testid=title-details-releasedate]")
    browser.execute_script("document.querySelector('[data-section=more-like-this]').scrollIntoView()")
    assert wait_for(browser, "[data-testid=MoreLikeThis] a[href^='/title/tt']")
    browser.execute_script("window.scrollTo(0, document.body.scrollHeight)")
    assert "1972" in wait_for(browser, "[data-testid=title-details-releasedate]").text
    assert len(found(browser, "[data-testid=MoreLikeThis] a[href^='/title/tt']")) == 12


def test_chart_grows_on_click(browser: Chrome, served: str) -> None:
    """Each click shows 25 rows more, made from the page's data, until all 250 are there and the button disappears."""
    browser.get(f"{served}/chart/top/")
    answer_consent(browser)
    assert len(found(browser, ROWS)) == 25
    wait_for(browser, "[data-testid=chart-see-more]").click()
    assert len(found(browser, ROWS)) == 50
    while buttons := found(browser, "[data-testid=chart-see-more]"):
        buttons[0].click()
    links = browser.execute_script("return [...document.querySelectorAll('ul.rows > li a')].map((a) => a.pathname)")
    assert len(set(links)) == 250
    assert found(browser, ROWS)[249].text.startswith("#250\n")


def test_search_grows_on_click(browser: Chrome, served: str) -> None:
    """A click loads the next 25 results."""
    browser.get(f"{served}/find/?q=the")
    answer_consent(browser)
    wait_for(browser, "[data-testid=find-see-more]").click()
    wait_for(browser, f"{ROWS}:nth-child(50)")
    assert len(found(browser, ROWS)) == 50


def test_consent_covers_the_page_until_answered(browser: Chrome, served: str) -> None:
    """The dialog covers the page in an iframe. After the answer it disappears and does not come back."""
    browser.get(f"{served}/title/tt0068646/")
    wait_for(browser, ".consent-cover")
    on_top = "return document.elementFromPoint(60, 60).className"
    assert browser.execute_script(on_top) == "consent-cover"
    answer_consent(browser)
    assert browser.execute_script(on_top) != "consent-cover"
    browser.get(f"{served}/title/tt0034583/")
    wait_for(browser, "[data-loaded]")
    assert not found(browser, "[data-testid=consent-iframe]")


def test_consent_wall_gives_the_page_after_the_answer(browser: Chrome, served: str) -> None:
    """The wall has no content. After the answer the page loads by itself."""
    browser.get(f"{served}/fault/consent-wall/title/tt0068646/")
    assert not found(browser, "#__NEXT_DATA__")
    browser.switch_to.frame(wait_for(browser, "[data-testid=consent-iframe]"))
    wait_for(browser, "[data-testid=accept-button]").click()
    browser.switch_to.default_content()
    assert wait_for(browser, "[data-testid=hero__pageTitle]").text == "The Godfather"


def challenge_counts(served: str) -> Counter[str]:
    """Return how often the site has shown the challenge, by requested title."""
    return Counter(httpx2.get(f"{served}/__demo__/requests.json", timeout=60).json()["faults"].get("challenge", {}))


def test_challenge_lets_a_browser_through(browser: Chrome, served: str) -> None:
    """A browser passes the challenge by itself after about a second, and sees no other one under that prefix."""
    before = challenge_counts(served)
    browser.get(f"{served}/fault/challenge/title/tt0068646/")
    assert wait_for(browser, "[data-testid=hero__pageTitle]").text == "The Godfather"
    browser.get(f"{served}/fault/challenge/title/tt0034583/")
    assert browser.execute_script("return performance.getEntriesByType('navigation')[0].responseStatus") == 200
    assert challenge_counts(served) - before == {"tt0068646": 1}


def test_text_is_never_markup(browser: Chrome, served: str) -> None:
    """Quotes, ampersands and tags in titles and plots are displayed literally."""
    browser.get(f"{served}/title/tt9900009/")
    assert wait_for(browser, "[data-testid=hero__pageTitle]").text == 'Tom & Jenny\'s "Last" <Act>'
    assert "1 < 2 </script> holds" in wait_for(browser, "[data-testid=plot-xl]").text
