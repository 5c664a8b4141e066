"""`cinestream-etl tone`: plots in, tones out, both as lines of JSON. Pure."""

from collections.abc import Iterable, Iterator

import orjson

from cinestream.contracts import Invalid
from cinestream_etl.tone import tone


def tone_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    """For each line `{"plot": text or null, "genres": [...]}` one with the tone, its score and its keywords, in order.

    Empty lines are passed over.

    Raises:
        Invalid: a line is no such object; the text names the line.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            plot, genres = _asked(number, line)
            heard = tone(plot, genres)
            yield orjson.dumps(
                {"plot_tone": heard.plot_tone, "keyword_score": heard.keyword_score, "keywords": heard.keywords},
                option=orjson.OPT_APPEND_NEWLINE,
            )


def _asked(number: int, line: bytes) -> tuple[str | None, list[str]]:
    try:
        asked = orjson.loads(line)
    except ValueError as error:
        raise Invalid(f"line {number}: {error}") from error
    plot = asked.get("plot") if isinstance(asked, dict) else None
    genres = (asked.get("genres") or []) if isinstance(asked, dict) else None
    if not isinstance(plot, str | None) or not isinstance(genres, list) or not all(isinstance(g, str) for g in genres):
        raise Invalid(f'line {number}: expected {{"plot": text or null, "genres": [texts]}}, got {line[:200]!r}')
    return plot, genres
