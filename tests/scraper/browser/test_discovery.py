"""The choice of the browser. Its programs are real files that answer `--version`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cinestream_scraper.browser.discovery import NoBrowser, find_browser

Which = Callable[[str], str | None]


def machine(folder: Path, **versions: str) -> Which:
    """Install these programs into a folder, and return what finds them."""
    for name, version in versions.items():
        program = folder / name
        program.write_text(f"#!/bin/sh\necho {name} {version}\n")
        program.chmod(0o755)
    known = {name.replace("_", "-"): str(folder / name) for name in versions}
    return lambda wanted: known.get(Path(wanted).name)


@pytest.mark.process
def test_the_small_browser_is_preferred_to_large_ones(tmp_path: Path) -> None:
    """chromium-headless-shell starts in half the time and uses half the memory."""
    which = machine(tmp_path, chromium_headless_shell="156.0", chromium="156.0", chromedriver="156.0.1")
    found = find_browser("chrome", which)
    assert Path(found.browser).name == "chromium_headless_shell"
    assert found.kind == "chrome"


@pytest.mark.process
def test_a_browser_whose_driver_is_of_another_version_is_skipped(tmp_path: Path) -> None:
    """A driver refuses any browser of another version."""
    which = machine(tmp_path, google_chrome="160.0", chromium="156.0", chromedriver="156.0")
    assert Path(find_browser("chrome", which).browser).name == "chromium"


def test_firefox_is_used_where_it_is_preferred_or_the_only_one(tmp_path: Path) -> None:
    """The setting is a preference: the other browser is used where it is the only one."""
    which = machine(tmp_path, firefox="150.0", geckodriver="0.36")
    assert find_browser("chrome", which).kind == "firefox"
    both = machine(tmp_path, firefox="150.0", geckodriver="0.36", chromium="156.0", chromedriver="156.0")
    assert find_browser("firefox", both).kind == "firefox"


@pytest.mark.process
@pytest.mark.parametrize(
    ("versions", "reason"),
    [
        ({}, "no browser with its driver found: install"),
        ({"chromium": "156.0"}, "has no chromedriver"),
        ({"chromium": "156.0", "chromedriver": "150.0"}, "is version 156, .* is for 150"),
        ({"firefox": "150.0"}, "has no geckodriver"),
    ],
)
def test_without_a_browser_the_error_states_what_to_install(
    tmp_path: Path, versions: dict[str, str], reason: str
) -> None:
    """The error names the mismatched programs, and the setting for a remote browser."""
    with pytest.raises(NoBrowser, match=reason) as error:
        find_browser("chrome", machine(tmp_path, **versions))
    assert "CINESTREAM_SELENIUM_URL" in str(error.value)
    assert "\n" not in str(error.value)
