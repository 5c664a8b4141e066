"""Opening the page of the films in the user's browser."""

import os
import subprocess
import sys

import anyio

from cinestream_flow.message import Message

_CODE = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"
_WAIT_SECONDS = 10
_GRAPHICAL = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME")
"""Variables that tell of a browser. Without one, Python would start a text browser in this terminal."""


async def open_page(url: str) -> Message:
    """Open a page in the user's browser, and return a sentence about the outcome.

    The browser has no terminal, so that it cannot write over the panel, and it outlives the run.
    """
    manually = Message("no browser here: open the address yourself")
    opened = Message("opened in the browser")
    if sys.platform != "darwin" and not any(os.environ.get(name) for name in _GRAPHICAL):
        return manually
    process = await anyio.open_process(
        [sys.executable, "-c", _CODE, url],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with anyio.move_on_after(_WAIT_SECONDS):
        return manually if await process.wait() else opened
    return opened  # Some browsers run in the foreground, until they are closed.
