"""When a browser that did not start is tried again without its sandbox."""

import pytest
from selenium.common.exceptions import SessionNotCreatedException

from cinestream_scraper.chrome import is_about_sandbox


@pytest.mark.parametrize(
    ("said", "sandbox"),
    [
        ("session not created: Chrome instance exited. Examine ChromeDriver verbose log", True),
        ("session not created: Chrome failed to start: crashed.\n(DevToolsActivePort file doesn't exist)", True),
        ("No usable sandbox! Update your kernel", True),
        ("Could not start a new session. New session request timed out", False),
        ("session not created: This version of ChromeDriver only supports Chrome version 150", False),
        ("Could not start a new session. No Node supports the required capabilities", False),
    ],
)
def test_only_a_missing_sandbox_switches_it_off(said: str, sandbox: bool) -> None:
    """A server that is full or has another browser says "session not created" as well."""
    assert is_about_sandbox(SessionNotCreatedException(said)) is sandbox
