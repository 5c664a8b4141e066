"""The live panel of a terminal."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cinestream.commands.language import translate
from cinestream_demo.local.display import words
from cinestream_demo.local.progress.progress import RunProgress
from cinestream_demo.local.status import DONE, ENDED, RUNNING, WAITING, ProcessStatus

_COLOURS: dict[str, str] = {RUNNING: "green", DONE: "green", WAITING: "dim", ENDED: "dim"}


def panel(
    progress: RunProgress, statuses: Iterable[ProcessStatus], now: float, browser: str = "", *, width: int = 80
) -> RenderableType:
    """Build the panel.

    Args:
        progress: counts of the run.
        statuses: states of the processes.
        now: time, as `time.monotonic` counts.
        browser: sentence about the browser, beside the address of the page.
        width: columns of the panel.
    """
    statuses = list(statuses)
    notes = [*words.crashes(statuses, now), *words.problems(progress)]
    parts: list[RenderableType] = [_counts(progress), Text(), *_state(progress, statuses, now), Text()]
    parts += [_processes(statuses), *(_note(note) for note in notes), Text()]
    return Panel(
        Group(*parts, _addresses(progress, browser)),
        title="CineStream",
        subtitle=translate("Ctrl-C ends everything"),
        width=width,
        padding=(0, 2),
    )


def _counts(progress: RunProgress) -> Table:
    counts = words.counts(progress)
    table = Table.grid(padding=(0, 3))
    for _ in counts:
        table.add_column(justify="right")
    styles = {"films stored": "bold green", "dead letters": "bold red" if counts["dead letters"] else "bold"}
    table.add_row(*(Text(translate(name), style="dim") for name in counts))
    table.add_row(*(_number(value, styles.get(name, "bold")) for name, value in counts.items()))
    return table


def _number(value: int, style: str) -> Text:
    return Text(translate("{value:,}", value=value), style=style)


def _state(progress: RunProgress, statuses: list[ProcessStatus], now: float) -> list[Text]:
    if step := words.starting(progress, statuses, now):
        return [Text(translate(line), style="yellow") for line in words.steps(progress, step)]
    state = words.end(statuses) or words.state(progress)
    return [Text(translate(state), style="green")]


def _processes(statuses: list[ProcessStatus]) -> Table:
    table = Table.grid(padding=(0, 2))
    for status in statuses:
        table.add_row(status.name, Text(translate(status.state), style=_COLOURS.get(status.state, "yellow")))
    return table


def _note(note: str) -> Text:
    return Text(translate(note), style="red")


def _addresses(progress: RunProgress, browser: str) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, address in words.addresses(progress.settings):
        text = Text(address, style="bold cyan" if address == progress.settings.stream_url else "")
        table.add_row(
            translate(name),
            text + Text(f"  {browser}") if address == progress.settings.stream_url and browser else text,
        )
    return table
