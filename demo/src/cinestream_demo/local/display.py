"""The output of `cinestream-run`: a live panel in a terminal, lines of text elsewhere."""

from collections.abc import Iterable

import anyio
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cinestream_demo.local.progress import RunProgress
from cinestream_demo.local.settings import LocalSettings
from cinestream_demo.local.supervisor import ProcessStatus, Supervisor

_UPDATE_SECONDS = 0.5
_LINE_SECONDS = 5.0
_COLUMNS = ("requested", "read", "enriched", "streamed", "films/min", "errors", "clients")


async def show(supervisor: Supervisor, progress: RunProgress) -> None:
    """Show the progress until cancelled."""
    console = Console()
    if console.is_terminal:
        with Live(console=console, refresh_per_second=8) as live:
            while True:
                live.update(panel(progress, supervisor.statuses.values()))
                await anyio.sleep(_UPDATE_SECONDS)
                await anyio.to_thread.run_sync(progress.update)
    await _print_lines(supervisor, progress, console)


def panel(progress: RunProgress, statuses: Iterable[ProcessStatus]) -> RenderableType:
    """Build the live display."""
    counts = progress.counts
    steps = Table.grid(padding=(0, 3))
    for _ in _COLUMNS:
        steps.add_column(justify="right")
    steps.add_row(*(Text(name, style="dim") for name in _COLUMNS))
    error_style = "bold red" if counts.errors else "bold"
    values = [counts.requested, counts.read, counts.enriched, counts.streamed]
    values += [round(progress.per_minute), counts.errors, counts.clients]
    styles = ["bold", "bold", "bold", "bold green", "bold", error_style, "bold"]
    steps.add_row(*(Text(f"{value:,}", style=style) for value, style in zip(values, styles, strict=True)))
    return Panel(
        Group(steps, Text(), _process_table(statuses), Text(), _address_table(progress.settings)),
        title="CineStream",
        subtitle="Ctrl-C ends everything",
        expand=False,
        padding=(1, 2),
    )


def _process_table(statuses: Iterable[ProcessStatus]) -> Table:
    table = Table.grid(padding=(0, 2))
    colours = {"running": "green", "done": "green", "waiting": "dim", "ended": "dim"}
    for status in statuses:
        note = f"crashed {status.crashes}×, last {status.last_crash}" if status.crashes else ""
        colour = colours.get(status.state, "yellow")
        table.add_row(status.name, Text(status.state, style=colour), Text(note, style="red"))
    return table


def _address_table(settings: LocalSettings) -> Table:
    url = settings.stream_url
    table = Table.grid(padding=(0, 2))
    table.add_row(Text("watch", style="dim"), Text(url, style="bold cyan"))
    table.add_row(Text("try", style="dim"), Text(f"curl -N '{url}/api/movies/stream?replay=5&distinct=true'"))
    table.add_row(Text("site", style="dim"), Text(settings.site))
    table.add_row(Text("data, logs", style="dim"), Text(f"{settings.data_dir}/  {settings.data_dir}/logs/"))
    return table


async def _print_lines(supervisor: Supervisor, progress: RunProgress, console: Console) -> None:
    """Print every change of a process and the counts every few seconds. The last lines state how each process ended."""
    printed: dict[str, tuple[str, int]] = {}
    next_line, first_printed = 0.0, False
    try:
        while True:
            _print_changes(supervisor, printed, console)
            await anyio.sleep(_UPDATE_SECONDS)
            await anyio.to_thread.run_sync(progress.update)
            if progress.first_film is not None and not first_printed:
                first_printed = True
                text = f"first film after {progress.first_film:.1f} s: {progress.settings.stream_url}"
                console.print(text, highlight=False)
            if anyio.current_time() >= next_line:
                next_line = anyio.current_time() + _LINE_SECONDS
                console.out(_line(progress), highlight=False)
    finally:
        _print_changes(supervisor, printed, console)


def _line(progress: RunProgress) -> str:
    counts = progress.counts
    return (
        f"requested {counts.requested}  read {counts.read}  enriched {counts.enriched}  streamed {counts.streamed}  "
        f"{progress.per_minute:.0f} films/min  errors {counts.errors}  clients {counts.clients}"
    )


def _print_changes(supervisor: Supervisor, printed: dict[str, tuple[str, int]], console: Console) -> None:
    for status in supervisor.statuses.values():
        if printed.get(status.name) != (status.state, status.crashes):
            printed[status.name] = (status.state, status.crashes)
            console.out(f"{status.name}: {status.state} {status.last_crash}".rstrip(), highlight=False)
