"""`cinestream-etl tone`: it reads plots and writes their tones, both as lines of JSON."""

import sys
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import orjson
import typer

from cinestream.commands.exit_codes import ExitCode
from cinestream.commands.language import translate
from cinestream.contracts import Invalid
from cinestream.runtime.settings import load_settings
from cinestream_etl.settings import ToneSettings
from cinestream_etl.tone.model import NEUTRAL, ToneModel
from cinestream_etl.tone.selection import select_tone_model
from cinestream_flow.message import Message

_EXPECTED = Message('expected {{"plot": text or null, "genres": [texts] or null}}')
_MAX_SHOWN = 80
"""Characters of a wrong value that an error message quotes."""


def print_tones() -> None:
    """Read lines {"plot": …, "genres": […]} from stdin, and write the tone of each as a line of JSON.

    The answer to an invalid line is Neutral with an "error". The error is also printed on stderr, and the exit code
    is 1.
    """
    errors = 0
    tone_model = select_tone_model(load_settings(ToneSettings, translate=translate).etl_tone_model)
    for line in tone_lines(sys.stdin.buffer, tone_model):
        sys.stdout.buffer.write(line.json)
        # A program that asks line by line waits for this answer before it sends the next plot.
        sys.stdout.buffer.flush()
        if line.error:
            errors += 1
            typer.echo(translate("invalid: {error}", error=line.error), err=True)
    if errors:
        raise typer.Exit(ExitCode.FAILED)


class ToneLine(NamedTuple):
    """An answer as a line of JSON with its line break, and the error in the input line, or None."""

    json: bytes
    error: str | None = None


def tone_lines(lines: Iterable[bytes], tone_model: ToneModel) -> Iterator[ToneLine]:
    """Yield the tone for each input line `{"plot": text or null, "genres": [texts] or null}`, in order.

    Each answer is yielded before the next line is read. An absent field counts as null, other fields are ignored, and
    empty lines are skipped. An invalid line is answered as a film without a plot, with an additional field `error`. So
    the n-th answer always belongs to the n-th line that is not empty.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                tone, error = tone_model(*_plot_and_genres(line)), None
            except Invalid as fault:
                tone, error = NEUTRAL, Message("line {number}: {error}", number=number, error=fault)
            answer = tone.model_dump(mode="json") | ({"error": error} if error else {})
            yield ToneLine(orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE), error)


def _plot_and_genres(line: bytes) -> tuple[str | None, list[str]]:
    """Decode a line.

    Raises:
        Invalid: the line is not such an object. The text says why.
    """
    try:
        value: Any = orjson.loads(line)
    except ValueError as error:
        raise Invalid(Message("no JSON: {error}", error=error)) from error
    if not isinstance(value, dict):
        raise Invalid(Message("{expected}, got {value}", expected=_EXPECTED, value=_shown(value)))
    plot, genres = value.get("plot"), value.get("genres") or []
    if not isinstance(plot, str | None):
        raise Invalid(Message("{expected}, got the plot {plot}", expected=_EXPECTED, plot=_shown(plot)))
    if not isinstance(genres, list) or not all(isinstance(genre, str) for genre in genres):
        raise Invalid(Message("{expected}, got the genres {genres}", expected=_EXPECTED, genres=_shown(genres)))
    return plot, genres


def _shown(value: Any) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"
