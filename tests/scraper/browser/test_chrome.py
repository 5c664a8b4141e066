"""The second start of a browser, without its sandbox."""

import os
from pathlib import Path

import pytest
from selenium.common.exceptions import SessionNotCreatedException
from tests.scraper.browsers import installed_or_skip

from cinestream_scraper.browser.chrome import is_about_sandbox
from cinestream_scraper.browser.launch import BrowserLauncher
from cinestream_scraper.browser.process_cleanup import BrowserRun
from cinestream_scraper.settings import ScraperSettings


@pytest.mark.parametrize(
    ("message", "sandbox"),
    [
        ("session not created: Chrome instance exited. Examine ChromeDriver verbose log", True),
        ("session not created: Chrome failed to start: crashed.\n(DevToolsActivePort file doesn't exist)", True),
        ("No usable sandbox! Update your kernel", True),
        ("Could not start a new session. New session request timed out", False),
        ("session not created: This version of ChromeDriver only supports Chrome version 150", False),
        ("Could not start a new session. No Node supports the required capabilities", False),
    ],
)
def test_only_a_missing_sandbox_switches_it_off(message: str, sandbox: bool) -> None:
    """A server that is full or lacks the browser reports "session not created" as well."""
    assert is_about_sandbox(SessionNotCreatedException(message)) is sandbox


@pytest.mark.process
def test_a_browser_that_never_starts_keeps_its_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It failed for another reason: a later start uses the sandbox again."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    browser, starts = tmp_path / "browser", tmp_path / "starts"
    browser.write_text(f'#!/bin/sh\necho "$@" >> {starts}\nexit 1\n')
    browser.chmod(0o755)
    run = BrowserRun.begin(tmp_path / "state")
    launch = BrowserLauncher(ScraperSettings(), installed_or_skip("chrome")._replace(browser=str(browser)))
    for name in ("1", "2"):
        with pytest.raises(SessionNotCreatedException):
            launch.start(run.session(name))
    run.end()
    assert ["--no-sandbox" in line for line in starts.read_text().splitlines()] == [False, True, False, True]
