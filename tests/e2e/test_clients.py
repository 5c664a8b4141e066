"""Clients of other projects: curl, and the EventSource of Chromium, which loses its server."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from tests.e2e.conftest import Run, running, wait_until
from tests.e2e.test_run import demo_films

from cinestream_demo.films.catalogue import open_catalogue

pytestmark = [pytest.mark.foreign, pytest.mark.e2e, pytest.mark.browser, pytest.mark.timeout(900)]
SHELL = "/usr/lib/chromium/chromium-headless-shell"
COLLECT = """
window.films = []; window.errors = 0;
const source = new EventSource(arguments[0]);
source.onmessage = e => window.films.push([e.lastEventId, JSON.parse(e.data)]);
source.onerror = () => { window.errors += 1; };
"""


@pytest.fixture
def chromium() -> Iterator[webdriver.Chrome]:
    """Start a headless Chromium for this test."""
    binary = SHELL if os.path.exists(SHELL) else shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if not binary or not driver:
        pytest.skip("no Chromium with its driver on this machine")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for argument in ("--headless", "--no-sandbox", "--disable-background-networking", "--no-first-run"):
        options.add_argument(argument)
    browser = webdriver.Chrome(options=options, service=Service(driver))
    yield browser
    browser.quit()


def films_of(browser: webdriver.Chrome) -> list[tuple[str, dict[str, Any]]]:
    """Return the events that the EventSource of the page has received, as ids and films."""
    return [(id, film) for id, film in browser.execute_script("return window.films")]


def wait_for_films(browser: webdriver.Chrome, count: int) -> None:
    """Wait until the EventSource of the page has `count` films."""

    def number() -> int:
        return int(browser.execute_script("return window.films.length"))

    wait_until(lambda: number() >= count, timeout=200, what=lambda: f"film {count}: {number()}")


def test_an_event_source_that_loses_its_server_has_every_film_once(data_dir: Path, chromium: webdriver.Chrome) -> None:
    """stream-api is killed while an EventSource is open. The browser reconnects by itself and misses no film."""
    ids = [film.id for film in open_catalogue()][:60]
    with running(data_dir, CINESTREAM_SCRAPER_SEEDS=",".join(ids), CINESTREAM_STREAM_RETRY_MS="200") as run:
        run.wait_for("first film after")
        chromium.get(f"{run.url}/docs")
        chromium.execute_script(COLLECT, "/api/movies/stream?event=message&last_event_id=earliest")
        for wanted in (10, 30):
            wait_for_films(chromium, wanted)
            kill_stream_api(run)
        wait_for_films(chromium, len(ids))
        films = films_of(chromium)
        assert chromium.execute_script("return window.errors") >= 2
    sequences = [int(id.rpartition("-")[2]) for id, _ in films]
    assert sequences == list(range(1, len(films) + 1))
    assert sorted(film["id"] for _, film in films) == sorted(ids)


def kill_stream_api(run: Run) -> None:
    """Kill stream-api with SIGKILL, and wait until the supervisor has started it again."""
    pid = run.pid("stream-api")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: run.pid("stream-api") not in (None, pid), timeout=120, what=lambda: "new stream-api")


def test_the_page_shows_films_and_that_it_is_live(data_dir: Path, chromium: webdriver.Chrome) -> None:
    """The page shows titles of the catalogue and the word live, and has no script error."""
    with running(data_dir, CINESTREAM_SCRAPER_SEEDS="tt0111161,tt0068646,tt0133093") as run:
        run.wait_for("first film after")
        chromium.get(run.url)
        titles = {str(film["title"]) for film in demo_films(run)}

        def shown() -> set[str]:
            text = chromium.execute_script("return document.body.innerText")
            return {title for title in titles if title in text}

        wait_until(lambda: len(shown()) >= 3, timeout=60, what=lambda: f"three titles: {shown()}")
        wait_until(lambda: "live" in chromium.page_source.lower(), timeout=60, what=lambda: "the word live")
        errors = [entry for entry in chromium.get_log("browser") if entry["level"] == "SEVERE"]  # type: ignore[no-untyped-call]
    assert errors == []


def test_the_readmes_curl_line_shows_films(data_dir: Path) -> None:
    """Curl prints retry, position and films as the README shows."""
    ends_by_itself = {"CINESTREAM_STREAM_MAX_LIFETIME": "3", "CINESTREAM_STREAM_HEARTBEAT": "1"}
    with running(data_dir, CINESTREAM_SCRAPER_SEEDS="tt0111161,tt0068646", **ends_by_itself) as run:
        run.wait_for("films stored 2 ")
        done = subprocess.run(
            ["curl", "-sN", "--max-time", "60", f"{run.url}/api/movies/stream?replay=5&distinct=true"],
            capture_output=True,
            text=True,
            check=False,
        )
    lines = done.stdout.splitlines()
    assert lines[0].startswith("retry: ")
    assert "event: position" in lines
    films = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith('data: {"id"')]
    assert {film["id"] for film in films} == {"tt0111161", "tt0068646"}
