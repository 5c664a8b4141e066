"""The output of an export on a terminal: progress bars while it runs, tables at its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from cinestream.commands.language import translate
from cinestream_flow.message import Message
from cinestream_flow.operations import UnfinishedOperation
from cinestream_trakt_export.library.request import Request, Summary

_SUMMARY_COLUMNS = (Message("rows"), Message("files"), Message("skipped"), Message("requests"), Message("seconds"))
_OPERATION_COLUMNS = (
    Message("list"),
    Message("pages read"),
    Message("started"),
    Message("last page"),
    Message("state"),
)
_MIN_WIDTH = 120
"""Columns of a table that is not written to a terminal, so that each row is one line."""


@dataclass(frozen=True)
class ExportOutcome:
    """A finished export: its request, its summary, and the seconds that it took."""

    request: Request
    summary: Summary
    seconds: float


class ProgressBars:
    """A progress bar for each list, on a terminal. Elsewhere nothing is shown."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._tasks: dict[str, TaskID] = {}

    def show(self, path: str, pages: int, total: int) -> None:
        """Show how many pages of a list are read."""
        if path not in self._tasks:
            self._tasks[path] = self._progress.add_task(path)
        self._progress.update(self._tasks[path], completed=pages, total=total)

    def __enter__(self) -> "ProgressBars":
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


def print_summary(outcomes: Sequence[ExportOutcome]) -> None:
    """Print a table with a row for each export."""
    table = Table()
    table.add_column(translate("list"))
    for heading in _SUMMARY_COLUMNS:
        table.add_column(translate(heading), justify="right")
    for outcome in outcomes:
        summary = outcome.summary
        rows = translate("unchanged") if summary.unchanged else str(summary.rows)
        numbers = map(str, (len(summary.files), summary.skipped, summary.requests))
        table.add_row(outcome.request.kind, rows, *numbers, f"{outcome.seconds:.1f}")
    _console().print(table)


def print_preview(outcome: ExportOutcome) -> None:
    """Print the rows of a preview."""
    table = Table(title=outcome.request.kind)
    for column in outcome.summary.columns:
        table.add_column(column)
    for row in outcome.summary.first:
        table.add_row(*map(escape, row))
    _console().print(table)


def print_operations(unfinished: Sequence[UnfinishedOperation]) -> None:
    """Print a table with a row for each operation."""
    table = Table()
    for heading in _OPERATION_COLUMNS:
        table.add_column(translate(heading))
    for operation in unfinished:
        done = operation.progress
        pages = f"{done.done} / {done.total}" if done.total else ""
        state = escape(_state(operation))
        table.add_row(operation.path.stem, pages, operation.started, _last_page(done.last), state)
    _console().print(table)


def _state(operation: UnfinishedOperation) -> str:
    if operation.running:
        return translate("running")
    return translate(operation.error) or translate("interrupted")


def _last_page(stored: str) -> str:
    """Return the page that was read last. Checkpoints of older versions contain it as plain English."""
    try:
        return translate(Message.loads(stored))
    except ValueError:
        return stored


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=max(console.width, _MIN_WIDTH))
