"""The snapshot of a failed page: what the browser can tell of it, and the ZIP that stores it.

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
from cinestream_scraper.browser import scripts
from cinestream_scraper.pages.reading import Evidence, Reading

_MOST_LINES = 200
_MOST_CHARACTERS = 1000
_MOST_SCREENSHOT = 4_000_000
_FILES = ("facts.json", "page.html", "screenshot.png", "console.log")
_MOST_BYTES = MAX_PAGE_BYTES + _MOST_SCREENSHOT + 1_000_000


def gather(driver: WebDriver, since: float, heard: list[str]) -> Evidence:
    """Screenshot, console since that moment (seconds since 1970) and timing; what cannot be had is left out.

    `heard` are the lines of the console that were told already.
    """
    screenshot, console, timing = b"", heard, dict[str, Any]()
    with suppress(WebDriverException):
        console = heard or _console(driver, since)
    with suppress(WebDriverException):
        timing = driver.execute_script(scripts.TIMING) or {}
    with suppress(WebDriverException):
        screenshot = driver.get_screenshot_as_png()
    return Evidence(screenshot, console, timing)


def _console(driver: WebDriver, since: float) -> list[str]:
    if "goog:chromeOptions" not in driver.capabilities:
        return []
    # The driver keeps the lines of all pages until they are asked for.
    entries = driver.execute("getLog", {"type": "browser"})["value"]
    lines = [f"{entry['level']} {entry['message']}" for entry in entries if entry["timestamp"] >= since * 1000]
    return [line[:_MOST_CHARACTERS] for line in lines[-_MOST_LINES:]]


def pack(reading: Reading, why: str) -> bytes:
    """The snapshot of a reading. A page is cut at `MAX_PAGE_BYTES`, a screenshot of over 4 MB left out."""
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
        if 0 < len(evidence.screenshot) <= _MOST_SCREENSHOT:
            files["screenshot.png"] = evidence.screenshot
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return packed.getvalue()


def unpack(packed: bytes) -> dict[str, bytes]:
    """The files of a snapshot, by name; no others than those that `pack` makes.

    Raises:
        Invalid: it is none, or larger than one can be.
    """
    try:
        with zipfile.ZipFile(BytesIO(packed)) as archive:
            entries = [entry for entry in archive.infolist() if entry.filename in _FILES]
            if sum(entry.file_size for entry in entries) > _MOST_BYTES:
                raise Invalid("the snapshot is larger than one can be")
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, EOFError, ValueError) as error:
        raise Invalid(f"the snapshot cannot be read: {error}") from error


def write(files: dict[str, bytes], folder: Path) -> list[Path]:
    """Write the files into a folder, which is made; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in files.items():
        (folder / name).write_bytes(body)
    return [folder / name for name in files]
