"""The web page and EventSource in a real Chromium, also across a crash of the server."""

import anyio
import anyio.to_thread
import pytest
from selenium import webdriver
from tests.nats_server import NatsServer
from tests.stream_api.browser import complaints, shows
from tests.stream_api.films import publish
from tests.stream_api.server_process import Process

from cinestream.bus.jetstream import Bus
from cinestream_stream_api.catalogue.removal import remove

pytestmark = [pytest.mark.anyio, pytest.mark.browser]


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
