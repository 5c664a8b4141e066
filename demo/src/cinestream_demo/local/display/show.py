"""The choice of a display, and the loop of the panel."""

import sys
import time
from contextlib import nullcontext

import anyio
from anyio.abc import TaskGroup
from rich.console import Console, RenderableType
from rich.live import Live

from cinestream.commands.language import translate
from cinestream.runtime.logs import configure_logs
from cinestream_demo.local.display.keyboard import Keyboard, in_foreground, single_keys
from cinestream_demo.local.display.lines import print_lines
from cinestream_demo.local.display.panel import panel
from cinestream_demo.local.display.web_browser import open_page
from cinestream_demo.local.progress.progress import RunProgress
from cinestream_demo.local.supervisor import Supervisor
from cinestream_flow.message import Message

_KEYS_SECONDS = 0.1
_UPDATE_SECONDS = 0.5
_MAX_WIDTH = 100
_OFFER = Message("press o or Enter to open the browser")


async def show(supervisor: Supervisor, progress: RunProgress) -> None:
    """Show the progress until cancelled."""
    settings = progress.settings
    with (settings.data_dir / "logs" / "run.log").open("w", encoding="utf-8") as log:
        # The connections of the counts log here, because the panel owns the terminal.
        configure_logs(settings.log_format, settings.log_level, service="run", stream=log)
        async with anyio.create_task_group() as group:
            group.start_soon(progress.watch)
            console = Console()
            if console.is_terminal and not console.is_dumb_terminal:
                await _Screen(supervisor, progress, console, group).show()
            await print_lines(supervisor, progress)


class _Screen:
    """The panel in a terminal, and the keys that are pressed there."""

    def __init__(self, supervisor: Supervisor, progress: RunProgress, console: Console, group: TaskGroup) -> None:
        self._supervisor, self._progress, self._group = supervisor, progress, group
        self._console, self._browser = console, ""

    async def show(self) -> None:
        """Show the panel until cancelled."""
        terminal = sys.stdin.fileno() if sys.stdin and sys.stdin.isatty() else -1
        with (
            single_keys(terminal) if in_foreground(terminal) else nullcontext() as keyboard,
            Live(self._panel(), console=self._console, auto_refresh=False) as live,
        ):
            self._browser = translate(_OFFER) if keyboard else ""
            try:
                await self._update(live, keyboard)
            finally:
                # What stays on the terminal is the state at the end, without the offer of a page that is gone.
                self._browser = ""
                live.update(self._panel())

    async def _update(self, live: Live, keyboard: Keyboard | None) -> None:
        while True:
            live.update(self._panel(), refresh=True)
            with anyio.move_on_after(_UPDATE_SECONDS):
                await self._wait_for_key(keyboard)
                self._group.start_soon(self._open_page)

    def _panel(self) -> RenderableType:
        statuses, width = self._supervisor.statuses.values(), min(self._console.width, _MAX_WIDTH)
        return panel(self._progress, statuses, time.monotonic(), self._browser, width=width)

    async def _wait_for_key(self, keyboard: Keyboard | None) -> None:
        """Wait until a key is pressed that opens the browser."""
        while not (keyboard and set(keyboard.typed()) & set("oO\r\n")):
            await anyio.sleep(_KEYS_SECONDS)

    async def _open_page(self) -> None:
        self._browser = translate("opening the browser")
        self._browser = translate(await open_page(self._progress.settings.stream_url))
