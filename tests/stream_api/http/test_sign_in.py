"""The sign-in in a real Chromium."""

import anyio.to_thread
import pytest
from selenium import webdriver
from tests.stream_api.browser import shows
from tests.stream_api.serving import STREAM, serving

from cinestream.bus.jetstream import Bus

pytestmark = [pytest.mark.anyio, pytest.mark.browser]


async def test_a_browser_signs_in(browser: webdriver.Chrome, stream_bus: Bus) -> None:
    """After `fetch` an `EventSource` opens, and no script can read the cookie."""
    async with serving(stream_bus, stream_tokens="first-secret") as api:
        await anyio.to_thread.run_sync(browser.get, f"{api.url}/docs")
        script = """
            const body = JSON.stringify({token: 'first-secret'}), headers = {'Content-Type': 'application/json'};
            fetch('/session', {method: 'POST', headers, body}).then(answer => {
                window.status_ = answer.status;
                new EventSource(arguments[0]).onopen = () => window.opened = document.cookie;
            });
        """
        await anyio.to_thread.run_sync(browser.execute_script, script, STREAM)
        await shows(browser, "[window.status_, window.opened]", [204, ""])
