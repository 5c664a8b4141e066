"""`cinestream-etl tone`: plots in, tones out, both as lines of JSON. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import orjson

from cinestream.contracts import Invalid
from cinestream_etl.tone.model import NOTHING, Hear

_EXPECTED = 'expected {"plot": text or null, "genres": [texts] or null}'
_SHOWN = 80


class Line(NamedTuple):
    """A line of the answer with its line break, and what was wrong with the line that it answers."""

    answer: bytes
    fault: str | None = None


def tone_lines(lines: Iterable[bytes], hear: Hear) -> Iterator[Line]:
    """For each line `{"plot": text or null, "genres": [texts] or null}` one with its tone, in order, as it is read.

    An absent field is as null; other fields do not matter; empty lines are passed over. A line that is no such object
    is answered as a film without a plot, with the fault under `error` besides: so answers stay in step with questions.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                heard, fault = hear(*_asked(line)), None
            except Invalid as error:
                heard, fault = NOTHING, f"line {number}: {error}"
            said = heard.model_dump(mode="json") | ({"error": fault} if fault else {})
            yield Line(orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE), fault)


def _asked(line: bytes) -> tuple[str | None, list[str]]:
    """The plot and the genres.

    Raises:
        Invalid: the line does not ask for a tone; the text says why.
    """
    try:
        asked: Any = orjson.loads(line)
    except ValueError as error:
        raise Invalid(f"no JSON: {error}") from error
    if not isinstance(asked, dict):
        raise Invalid(f"{_EXPECTED}, got {_shown(asked)}")
    plot, genres = asked.get("plot"), asked.get("genres") or []
    if not isinstance(plot, str | None):
        raise Invalid(f"{_EXPECTED}, got the plot {_shown(plot)}")
    if not isinstance(genres, list) or not all(isinstance(genre, str) for genre in genres):
        raise Invalid(f"{_EXPECTED}, got the genres {_shown(genres)}")
    return plot, genres


def _shown(value: Any) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
