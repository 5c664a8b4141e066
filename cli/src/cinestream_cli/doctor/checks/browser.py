"""The check of the browser that reads the pages, and of its driver."""

import subprocess
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from cinestream_cli.doctor import web
from cinestream_cli.doctor.result import NotChecked, Result, failed, ok, warning
from cinestream_cli.doctor.surroundings import Surroundings
from cinestream_cli.missing import install_command
from cinestream_flow.message import Message

_INSTALL = "sudo apt install chromium-headless-shell chromium-driver"


def browser(surroundings: Surroundings) -> Result:
    """Check that there is a browser with a driver of the same version, or a Selenium server that is ready."""
    if url := surroundings.setting("selenium_url"):
        return _selenium(url)
    discovery = _discovery()
    kind = surroundings.setting("scraper_browser", "chrome")
    try:
        found = discovery.find_browser(kind)
    except discovery.NoBrowser as error:
        return failed(Message("{error}", error=error), Message("install one"), _INSTALL)
    names = Message("{browser}, driven by {driver}", browser=_version(found.browser), driver=_version(found.driver))
    if found.kind == kind:
        return ok(names)
    cure = Message("install {kind} with its driver, or set the kind that is there", kind=kind)
    return warning(names, cure, f"export CINESTREAM_SCRAPER_BROWSER={found.kind}")


def _discovery() -> Any:
    """Return the scraper's search for browsers. It is imported by name, because this command imports no service."""
    try:
        return import_module("cinestream_scraper.browser.discovery")
    except ModuleNotFoundError:
        reason = Message("the scraper is not installed")
        raise NotChecked(reason, Message("install it"), install_command("scraper")) from None


def _selenium(url: str) -> Result:
    answer = web.get(f"{url.rstrip('/')}/status")
    address = urlsplit(url).netloc.rpartition("@")[2]
    if answer is not None and answer.status == 200:
        return ok(Message("Selenium at {address}", address=address))
    found = Message("no Selenium server answers at {address}", address=address)
    return failed(found, Message("start it, or use a browser of this machine"), "unset CINESTREAM_SELENIUM_URL")


def _version(program: str) -> str:
    """Return the first line that a program prints about its version, or its path."""
    try:
        command = [program, "--version"]
        output = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return program
    return " ".join(output.partition("\n")[0].split("(")[0].split()) or program
