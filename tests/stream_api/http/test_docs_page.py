"""The documentation at `/docs` in a real Chromium, under its content security policy."""

import anyio
import anyio.to_thread
import pytest
from selenium import webdriver
from tests.stream_api.browser import complaints, shows
from tests.stream_api.serving import serving

from cinestream.bus.jetstream import Bus

pytestmark = [pytest.mark.anyio, pytest.mark.browser]
STATS = "#operations-default-stats_api_stats_get"
INJECT = """
    const script = document.createElement('script');
    script.textContent = 'window.injected = true';
    document.body.append(script);
    return window.injected;
"""


async def test_the_documentation_works(browser: webdriver.Chrome, stream_bus: Bus) -> None:
    """It lists the operations and sends a request. The policy blocks nothing but a foreign script."""
    async with serving(stream_bus) as api:
        await anyio.to_thread.run_sync(browser.get, f"{api.url}/docs")
        await shows(browser, "document.querySelectorAll('.opblock').length >= 5", True)
        for button in (f"{STATS} .opblock-summary-control", f"{STATS} .try-out__btn", f"{STATS} .execute"):
            await shows(browser, f"!!document.querySelector('{button}')", True)
            browser.execute_script(f"document.querySelector('{button}').click()")
        status = f"document.querySelector('{STATS} .live-responses-table tr.response .response-col_status')?.innerText"
        await shows(browser, status, "200")
        assert complaints(browser) == []
        assert browser.execute_script(INJECT) is None
        assert len(complaints(browser)) == 1
