"""What the user sees of an export: bars while it runs, tables at its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from cinestream_flow.message import Message
from cinestream_flow.operations import UnfinishedOperation
from cinestream_trakt_export.cli.language import translate
from cinestream_trakt_export.library.request import Request, Summary

_COUNTS = (Message("rows"), Message("files"), Message("skipped"), Message("requests"), Message("seconds"))
_OPERATION = (Message("list"), Message("pages read"), Message("begun"), Message("last"), Message("state"))
_NARROWEST = 120  # columns, where the width is not a terminal's: a line per row


@dataclass(frozen=True)
class Outcome:
    """An export, what it came to, and the seconds that it took."""

    request: Request
    summary: Summary
    seconds: float


class Bars:
    """A bar per list that is read, on a terminal; elsewhere nothing."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._tasks: dict[str, TaskID] = {}

    def show(self, path: str, there: int, pages: int) -> None:
        """So many pages of a list are there."""
        if path not in self._tasks:
            self._tasks[path] = self._progress.add_task(path)
        self._progress.update(self._tasks[path], completed=there, total=pages)

    def __enter__(self) -> "Bars":
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


def print_summary(outcomes: Sequence[Outcome]) -> None:
    """A row per export."""
    table = Table()
    table.add_column(translate("list"))
    for heading in _COUNTS:
        table.add_column(translate(heading), justify="right")
    for outcome in outcomes:
        summary = outcome.summary
        numbers = (summary.rows, len(summary.files), summary.skipped, summary.requests)
        rows = translate("unchanged") if summary.unchanged else str(summary.rows)
        table.add_row(outcome.request.kind, rows, *map(str, numbers[1:]), f"{outcome.seconds:.1f}")
    _console().print(table)


def print_preview(outcome: Outcome) -> None:
    """The rows of a preview."""
    table = Table(title=outcome.request.kind)
    for column in outcome.summary.columns:
        table.add_column(column)
    for row in outcome.summary.first:
        table.add_row(*map(escape, row))
    _console().print(table)


def print_operations(found: Sequence[UnfinishedOperation]) -> None:
    """A row per operation."""
    table = Table()
    for heading in _OPERATION:
        table.add_column(translate(heading))
    for operation in found:
        done = operation.progress
        state = translate("running") if operation.running else translate(operation.error) or translate("interrupted")
        pages = f"{done.done} / {done.total}" if done.total else ""
        table.add_row(operation.path.stem, pages, operation.started, _last_page(done.last), escape(state))
    _console().print(table)


def _last_page(stored: str) -> str:
    """Return the page that was read last. Checkpoints of older versions have it in English."""
    try:
        return translate(Message.loads(stored))
    except ValueError:
        return stored


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=max(console.width, _NARROWEST))
