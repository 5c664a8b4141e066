"""The options of `cinestream watch`, as a request for a stream."""

from collections.abc import Mapping
from pathlib import Path

import anyio

from cinestream.commands.exit_codes import ExitCode
from cinestream.commands.frame import fail
from cinestream.commands.language import translate
from cinestream.commands.output import discard_output
from cinestream.runtime.settings import load_settings
from cinestream_cli.watch.cursor import Cursor
from cinestream_cli.watch.output import Columns, JsonLines
from cinestream_cli.watch.request import Parameters, WatchRequest, stream_url
from cinestream_cli.watch.settings import WatchSettings
from cinestream_cli.watch.watch import watch
from cinestream_flow.message import Message


def start(replay: int | None, since: str, *, earliest: bool) -> Parameters:
    """Return the place where a stream starts.

    Args:
        replay: number of last films, each of which comes once.
        since: time of the first film.
        earliest: True to start with the first stored film.

    Raises:
        typer.Exit: more than one place is given.
    """
    places: dict[str, Parameters] = {}
    if replay is not None:
        places["--replay"] = (("replay", str(replay)), ("distinct", "true"))
    if since:
        places["--since"] = (("since", since),)
    if earliest:
        places["--earliest"] = (("last_event_id", "earliest"),)
    if len(places) > 1:
        fail(Message("{options}: give only one of them", options=", ".join(places)), ExitCode.USAGE)
    return next(iter(places.values()), ())


def run(
    url: str, filters: Mapping[str, list[str] | None], start: Parameters, until: str, cursor: Path | None, *, json: bool
) -> ExitCode:
    """Follow a stream, and return the exit code of the command.

    Args:
        url: address of the server. Empty: that of the settings.
        filters: values of each filter.
        start: place where the stream starts, unless the cursor has one.
        until: place where the stream ends, or empty.
        cursor: file that keeps the position, or None.
        json: True for lines of JSON.
    """
    settings = load_settings(WatchSettings, translate=translate)
    pairs = tuple((name, value) for name, values in filters.items() for value in sorted(values or ()))
    request = WatchRequest(stream_url(url or settings.watch_url), pairs, start, until)
    position = Cursor(cursor, request) if cursor else None
    if until and not start and not (position and position.last_id):
        fail(Message("--until needs a start: add --replay 50, --since or --earliest"), ExitCode.USAGE)
    try:
        output = JsonLines() if json else Columns()
        return anyio.run(watch, request, output, position, settings.watch_token.get_secret_value())
    except BrokenPipeError:
        discard_output()
        return ExitCode.DONE
