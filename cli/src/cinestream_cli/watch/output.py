"""The output of `cinestream watch`: films on stdout, and the state of the stream on stderr."""

import re
import sys
from typing import Any, NoReturn, Protocol

import httpx2
import orjson
from rich.console import Console
from rich.text import Text

from cinestream.commands.language import translate
from cinestream_cli.watch.columns import film_line, heading
from cinestream_flow.message import Message, Plural
from cinestream_flow.printable import printable

_MAX_TITLES = 1000
# Characters that control a terminal, and that JSON need not escape. They stand only in its texts.
_CONTROLS = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_PRINTED_AS_JSON = {"movie", "removed", "live", "gap", "notice"}


class Output(Protocol):
    """A format of the output. It is written out completely before a method returns."""

    def show(self, event: httpx2.ServerSentEvent) -> None:
        """Print an event. BrokenPipeError: nobody reads the output any more."""


class JsonLines:
    """One line of JSON for each event, with `id`, `event` and `data`, as the server's NDJSON has it."""

    def show(self, event: httpx2.ServerSentEvent) -> None:
        """Print an event, unless it is only a sign of life."""
        if event.event in _PRINTED_AS_JSON:
            # The data stays as the server wrote it, with Unicode's line separators escaped. JSON has line breaks only
            # between its tokens.
            data = event.data.replace("\n", " ") if _data(event) else "{}"
            data = _CONTROLS.sub(lambda control: f"\\u{ord(control[0]):04x}", data)
            head = orjson.dumps({"id": event.id, "event": event.event}).decode()
            sys.stdout.write(f'{head[:-1]},"data":{data}}}\n')
            sys.stdout.flush()


class Columns:
    """One line for each film, and one for each film that was taken down."""

    def __init__(self) -> None:
        self._console = _Console(highlight=False, markup=False)
        self._titles: dict[str, str] = {}
        if self._console.is_terminal:
            self._print(heading(self._console.width))

    def show(self, event: httpx2.ServerSentEvent) -> None:
        """Print an event that concerns the user."""
        data = _data(event)
        match event.event:
            case "movie":
                self._remember(data)
                self._print(film_line(data, self._console.width))
            case "removed":
                id = str(data.get("id", ""))
                title = self._titles.pop(id, "")
                self._print(
                    Text(printable(translate("removed: {film}", film=f"{title} ({id})" if title else id)), "red")
                )
            case "gap":
                report(_gap(data))
            case "notice":
                report(Message("{message}", message=data.get("message", "")))
            case "live":
                report(Message("up to date: new films follow as they come"))

    def _remember(self, film: dict[str, Any]) -> None:
        if len(self._titles) >= _MAX_TITLES:
            del self._titles[next(iter(self._titles))]
        self._titles[str(film.get("id"))] = str(film.get("title"))

    def _print(self, line: Text) -> None:
        self._console.print(line, no_wrap=True, crop=True, overflow="ellipsis")


class _Console(Console):
    def on_broken_pipe(self) -> NoReturn:
        """Leave the closed pipe to the caller. Called by rich while it handles the error."""
        raise


def report(message: Message) -> None:
    """Print the state of the stream on stderr."""
    Console(stderr=True, highlight=False, markup=False).print(
        printable(translate(message)), style="dim", soft_wrap=True
    )


def _gap(data: dict[str, Any]) -> Message:
    missed, after = data.get("missed"), data.get("requested")
    if not isinstance(missed, int):
        return Message(
            "gap: the stream cannot continue after {id}, and an unknown number of events is missing", id=after
        )
    return Plural(
        "gap: {count:,} event after {id} is missing",
        "gap: {count:,} events after {id} are missing",
        count=missed,
        id=after,
    )


def _data(event: httpx2.ServerSentEvent) -> Any:
    try:
        data = orjson.loads(event.data)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
