"""The snapshot of a failed page: the evidence that the browser still has, and the ZIP that stores it.

The ZIP holds `facts.json`, `page.html`, `screenshot.png` and `console.log`.
"""

import zipfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.remote.webdriver import WebDriver

from cinestream.contracts import Invalid
from cinestream.contracts.page import MAX_PAGE_BYTES
from cinestream_flow.message import Message
from cinestream_scraper.browser import scripts
from cinestream_scraper.pages.reading import Evidence, Reading

_MAX_CONSOLE_LINES = 200
_MAX_LINE_CHARACTERS = 1000
_MAX_SCREENSHOT_BYTES = 4_000_000
_FILES = ("facts.json", "page.html", "screenshot.png", "console.log")
_MAX_BYTES = MAX_PAGE_BYTES + _MAX_SCREENSHOT_BYTES + 1_000_000


def collect_evidence(driver: WebDriver, since: float, console: list[str]) -> Evidence:
    """Return the screenshot, the console and the timing of a page. What the browser does not give is left empty.

    Args:
        driver: the browser that still shows the page.
        since: when the page was opened, in seconds since 1970.
        console: the lines of the console as far as the request guard has them.
    """
    screenshot, timing = b"", dict[str, Any]()
    with suppress(WebDriverException):
        console = console or _console(driver, since)
    with suppress(WebDriverException):
        timing = driver.execute_script(scripts.TIMING) or {}
    with suppress(WebDriverException):
        screenshot = driver.get_screenshot_as_png()
    return Evidence(screenshot, console, timing)


def _console(driver: WebDriver, since: float) -> list[str]:
    if "goog:chromeOptions" not in driver.capabilities:
        return []
    # The driver keeps the lines of all pages until they are read.
    entries = driver.execute("getLog", {"type": "browser"})["value"]
    lines = [f"{entry['level']} {entry['message']}" for entry in entries if entry["timestamp"] >= since * 1000]
    return [line[:_MAX_LINE_CHARACTERS] for line in lines[-_MAX_CONSOLE_LINES:]]


def pack(reading: Reading, why: str) -> bytes:
    """Return the snapshot of a reading. Pure.

    A page is cut at `MAX_PAGE_BYTES`. A screenshot of over 4 MB is left out.
    """
    evidence = reading.evidence
    facts = {
        "url": reading.url,
        "final_url": reading.final_url,
        "status": reading.status,
        "retry_after": reading.retry_after,
        "read_at": reading.read_at,
        "why": why,
        "timing": evidence.timing if evidence else {},
    }
    files = {
        "facts.json": orjson.dumps(facts, option=orjson.OPT_INDENT_2),
        "page.html": reading.html.encode("utf-8", "replace")[:MAX_PAGE_BYTES],
    }
    if evidence:
        files["console.log"] = "\n".join(evidence.console).encode("utf-8", "replace")
        if 0 < len(evidence.screenshot) <= _MAX_SCREENSHOT_BYTES:
            files["screenshot.png"] = evidence.screenshot
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return packed.getvalue()


def unpack(packed: bytes) -> dict[str, bytes]:
    """Return the files of a snapshot by their names, and no others than `pack` writes. Pure.

    Raises:
        Invalid: the bytes are no snapshot, or larger than one can be.
    """
    try:
        with zipfile.ZipFile(BytesIO(packed)) as archive:
            entries = [entry for entry in archive.infolist() if entry.filename in _FILES]
            if sum(entry.file_size for entry in entries) > _MAX_BYTES:
                raise Invalid(Message("the snapshot is larger than one can be"))
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, EOFError, ValueError) as error:
        raise Invalid(Message("the snapshot cannot be read: {error}", error=error)) from error


def write(files: dict[str, bytes], folder: Path) -> list[Path]:
    """Write the files into a folder and return their paths. The folder is made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in files.items():
        (folder / name).write_bytes(body)
    return [folder / name for name in files]
