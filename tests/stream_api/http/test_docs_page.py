"""The documentation at `/docs` in a real Chromium, under its content security policy."""

import anyio
import anyio.to_thread
import pytest
from selenium import webdriver
from tests.stream_api.browser import complaints, shows
from tests.stream_api.films import publish
from tests.stream_api.server_process import Process

from cinestream.bus.jetstream import Bus

pytestmark = [pytest.mark.anyio, pytest.mark.browser]
STATS = "#operations-default-stats_api_stats_get"


async def test_the_documentation_works(browser: webdriver.Chrome, api: Process, etl_bus: Bus) -> None:
    """It lists the operations and sends a request, and the policy blocks nothing."""
    await publish(etl_bus, 1)
    await anyio.to_thread.run_sync(browser.get, f"{api.url}/docs")
    await shows(browser, "document.querySelectorAll('.opblock').length >= 5", True)
    for button in (f"{STATS} .opblock-summary-control", f"{STATS} .try-out__btn", f"{STATS} .execute"):
        await shows(browser, f"!!document.querySelector('{button}')", True)
        browser.execute_script(f"document.querySelector('{button}').click()")
    await shows(
        browser,
        f"document.querySelector('{STATS} .live-responses-table tr.response .response-col_status')?.innerText",
        "200",
    )
    assert complaints(browser) == []


async def test_other_inline_scripts_are_refused(browser: webdriver.Chrome, api: Process) -> None:
    """The policy allows the script of the page by its hash, and no other."""
    await anyio.to_thread.run_sync(browser.get, f"{api.url}/docs")
    browser.execute_script("""
        const script = document.createElement('script');
        script.textContent = 'window.injected = true';
        document.body.append(script);
    """)
    assert browser.execute_script("return window.injected") is None
    assert len(complaints(browser)) == 1
