"""The keys of the local run in a real terminal, and the browser that they open."""

import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.conftest import wait_until

from cinestream_demo.local.display.web_browser import open_page

pytestmark = [pytest.mark.process, pytest.mark.anyio]
KEYS = """
import os, sys, time
from cinestream_demo.local.display.keyboard import single_keys
os.setsid(), os.close(os.open(os.ttyname(0), os.O_RDWR))
with single_keys(0) as keyboard:
    while not (typed := keyboard.typed()) or typed == "x":
        typed == "x" and sys.exit("crash")
        time.sleep(0.01)
    print(repr(typed), flush=True)
    time.sleep(60)
"""


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Return both ends of a terminal: that of the user, and that of the program."""
    user, program = pty.openpty()
    yield user, program
    os.close(user)
    os.close(program)


def reading_keys(program: int) -> subprocess.Popen[bytes]:
    """Start a program that reads keys of a terminal of its own."""
    return subprocess.Popen([sys.executable, "-c", KEYS], stdin=program, stdout=program, stderr=program)


def is_plain(program: int) -> bool:
    """Return True if the terminal echoes and waits for whole lines, as a shell expects it."""
    flags = termios.tcgetattr(program)[3]
    return bool(flags & termios.ECHO and flags & termios.ICANON)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGQUIT, "crash"])
def test_a_key_is_read_at_once_and_every_end_restores_the_terminal(
    terminal: tuple[int, int], end: signal.Signals | str
) -> None:
    """One key arrives without Enter. The mode comes back after a crash, and after signals that cannot be handled."""
    user, program = terminal
    with reading_keys(program) as process:
        wait_until(lambda: not is_plain(program), timeout=60, what=lambda: "the mode of single keys")
        os.write(user, b"x" if end == "crash" else b"o")
        if isinstance(end, signal.Signals):
            wait_until(lambda: b"'o'" in os.read(user, 100), timeout=60, what=lambda: "the key")
            process.send_signal(end)
    wait_until(lambda: is_plain(program), timeout=60, what=lambda: "the former mode of the terminal")


async def test_the_page_is_opened_in_the_browser_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser of BROWSER gets the address. Without any browser the answer says so."""
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {tmp_path}/opened\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    assert await open_page("http://localhost:3000") == "opened in the browser"
    wait_until((tmp_path / "opened").exists, timeout=60, what=lambda: "the call of the browser")
    assert (tmp_path / "opened").read_text() == "http://localhost:3000"
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)
    assert await open_page("http://localhost:3000") == "no browser here: open the address yourself"
