"""The web page and EventSource in a real Chromium, also across a crash of the server."""

import json

import anyio
import anyio.to_thread
import pytest
from selenium import webdriver
from tests.nats_server import NatsServer
from tests.stream_api.browser import complaints, shows
from tests.stream_api.films import publish
from tests.stream_api.proxy import proxy_to
from tests.stream_api.server_process import Process
from tests.stream_api.serving import serving

from cinestream.bus.jetstream import Bus
from cinestream_stream_api.catalogue.removal import remove

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

SHOWN = "[...document.querySelectorAll('[data-film]')].map(card => card.dataset.film)"
STATE = "document.getElementById('state').dataset.state"
EVENTS = "document.getElementById('events').textContent"
VISIBLE = "document.dispatchEvent(new Event('visibilitychange'))"


async def test_the_page_survives_a_crash_of_the_server(browser: webdriver.Chrome, api: Process, etl_bus: Bus) -> None:
    """After a kill -9 and a restart, each film is there once, newest first, and the page is live again."""
    await publish(etl_bus, *range(1, 11), title='<img src=x onerror="alert(1)">')
    await anyio.to_thread.run_sync(browser.get, api.url)
    await shows(browser, "document.querySelectorAll('article').length", 10)
    await shows(browser, "document.getElementById('state').dataset.state", "live")
    await publish(etl_bus, *range(11, 16))
    await shows(browser, "document.querySelectorAll('article').length", 15)
    api.kill()
    await shows(browser, "document.getElementById('state').dataset.state", "reconnecting")
    await publish(etl_bus, *range(16, 21))
    await anyio.to_thread.run_sync(api.start)
    await publish(etl_bus, *range(21, 23))
    ids = [f"tt{number:07}" for number in range(22, 0, -1)]
    await shows(browser, "[...document.querySelectorAll('#list > li')].map(card => card.dataset.film)", ids)
    await shows(browser, "document.getElementById('events').textContent", "22")
    await shows(browser, "document.getElementById('state').dataset.state", "live")
    await shows(browser, "document.images.length", 0)
    assert complaints(browser) == []


async def test_a_new_version_replaces_the_old_one(browser: webdriver.Chrome, api: Process, etl_bus: Bus) -> None:
    """A film that changes keeps one card, which moves to the top. Unknown facts are hidden."""
    await publish(etl_bus, 1, 2)
    await anyio.to_thread.run_sync(browser.get, api.url)
    await shows(browser, STATE, "live")
    await publish(etl_bus, 1, title="New", rating=None, plot=None, director_stats=None)
    await shows(browser, "document.getElementById('events').textContent", "3")
    await shows(browser, "[...document.querySelectorAll('.title')].map(e => e.textContent)[0]", "New")
    await shows(browser, "document.querySelectorAll('article').length", 2)
    await shows(browser, "document.querySelector('article .rating').hidden", True)
    await shows(browser, "document.querySelector('article .stats').hidden", True)


async def test_onmessage_gets_every_film_once(browser: webdriver.Chrome, api: Process, etl_bus: Bus) -> None:
    """A browser needs only `onmessage` on `?event=message`, even if the server is killed twice."""
    await anyio.to_thread.run_sync(browser.get, api.url)
    script = """
        window.log = [];
        const source = new EventSource('/api/movies/stream?event=message');
        source.onopen = () => window.opened = true;
        source.onmessage = event => window.log.push(JSON.parse(event.data).id);
    """
    browser.execute_script(script)
    await shows(browser, "window.opened", True)
    for start in (1, 11):
        await publish(etl_bus, *range(start, start + 5))
        api.kill()
        await publish(etl_bus, *range(start + 5, start + 10))
        await anyio.to_thread.run_sync(api.start)
        await shows(browser, "window.log.length", start + 9)
    await shows(browser, "window.log", [f"tt{number:07}" for number in range(1, 21)])


async def test_a_removed_film_leaves_the_page(
    browser: webdriver.Chrome, api: Process, etl_bus: Bus, topology: NatsServer
) -> None:
    """Its card disappears and the others stay."""
    await publish(etl_bus, 1, 2)
    await anyio.to_thread.run_sync(browser.get, api.url)
    await shows(browser, "document.querySelectorAll('[data-film]').length", 2)
    bus = await topology.connect("takedown")
    await remove(bus, "tt0000001")
    await bus.close()
    await shows(browser, "[...document.querySelectorAll('[data-film]')].map(c => c.dataset.film).join()", "tt0000002")


async def test_the_page_reconnects_through_a_network_that_went_silent(
    browser: webdriver.Chrome, stream_bus: Bus, etl_bus: Bus
) -> None:
    """After two missed heartbeats the page is not live, and it comes back with every film once."""
    async with serving(stream_bus, stream_retry_ms=50) as api, proxy_to(int(api.url.rpartition(":")[2])) as network:
        await publish(etl_bus, 1, 2)
        await anyio.to_thread.run_sync(browser.get, f"http://127.0.0.1:{network.port}")
        await shows(browser, STATE, "live")
        network.go_silent()
        network.cut = True
        await publish(etl_bus, 3)
        await shows(browser, STATE, "reconnecting")
        await shows(browser, EVENTS, "2")
        network.break_off()  # ends the silent connections that the browser would use again for 11 seconds each
        network.mend()
        await shows(browser, STATE, "live")
        await publish(etl_bus, 4)
        await shows(browser, SHOWN, ["tt0000004", "tt0000003", "tt0000002", "tt0000001"])
        await shows(browser, EVENTS, "4")


async def test_the_page_reconnects_when_it_is_online_or_visible_again(
    browser: webdriver.Chrome, stream_bus: Bus, etl_bus: Bus
) -> None:
    """It does not wait for the missed heartbeats, and no film is lost or repeated."""
    async with serving(stream_bus, stream_retry_ms=50) as api, proxy_to(int(api.url.rpartition(":")[2])) as network:
        await publish(etl_bus, 1)
        await anyio.to_thread.run_sync(browser.get, f"http://127.0.0.1:{network.port}")
        for film, event in ((2, "window.dispatchEvent(new Event('online'))"), (3, VISIBLE)):
            await shows(browser, STATE, "live")
            network.go_silent()
            await publish(etl_bus, film)
            browser.execute_script(f"deadline = Infinity; {event}")
            await shows(browser, EVENTS, str(film))
        await shows(browser, SHOWN, ["tt0000003", "tt0000002", "tt0000001"])


async def test_the_page_shows_the_last_films_and_notices(
    browser: webdriver.Chrome, stream_bus: Bus, etl_bus: Bus
) -> None:
    """A film that changed before is one event and one card. The text of a `notice` event is shown as text."""
    async with serving(stream_bus) as api:
        await publish(etl_bus, 1, 2, 1, title="New")
        await anyio.to_thread.run_sync(browser.get, api.url)
        await shows(browser, SHOWN, ["tt0000001", "tt0000002"])
        await shows(browser, EVENTS, "2")
        data = json.dumps({"message": "No film has the genre <b>Dramma</b>.", "filters": []})
        browser.execute_script("source.dispatchEvent(new MessageEvent('notice', {data: arguments[0]}))", data)
        await shows(browser, "document.getElementById('notice').textContent", "No film has the genre <b>Dramma</b>.")
        await shows(browser, "document.getElementById('notice').hidden", False)
