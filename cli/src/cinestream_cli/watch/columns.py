"""A film as one line of columns in the terminal."""

from typing import Any

from rich.text import Text

from cinestream.commands.language import translate
from cinestream_flow.message import Message
from cinestream_flow.printable import printable

_YEAR, _RATING, _TONE, _GAPS = 5, 6, 11, 8
_STYLES = ("bold", "", "yellow", "cyan", "magenta")
_HEADINGS = (Message("Title"), Message("Year"), Message("Rating"), Message("Director"), Message("Tone"))


def film_line(film: dict[str, Any], width: int) -> Text:
    """Return the line of a film: title, year, rating, director and tone. Missing values are blank.

    Args:
        film: the data of an event.
        width: characters of a line.
    """
    rating, tone, names = film.get("rating"), film.get("sentiment_analysis"), film.get("director")
    directors = [str(name) for name in names] if isinstance(names, list) else []
    more = f" +{len(directors) - 1}" if len(directors) > 1 else ""
    cells = (
        str(film.get("title") or film.get("id") or ""),
        str(film.get("year") or ""),
        f"{rating:.1f}" if isinstance(rating, int | float) else "",
        f"{directors[0]}{more}" if directors else "",
        str(tone.get("plot_tone") or "") if isinstance(tone, dict) else "",
    )
    return _line(cells, _STYLES, width)


def heading(width: int) -> Text:
    """Return the line above the films."""
    return _line(tuple(map(translate, _HEADINGS)), ("dim",) * len(_HEADINGS), width)


def _line(cells: tuple[str, ...], styles: tuple[str, ...], width: int) -> Text:
    line = Text(no_wrap=True, overflow="ellipsis")
    for cell, style, size in zip(cells, styles, _sizes(width), strict=True):
        text = Text(printable(cell), style)
        text.truncate(size, overflow="ellipsis", pad=True)
        line.append_text(text).append("  ")
    line.rstrip()
    return line


def _sizes(width: int) -> tuple[int, ...]:
    """Return the sizes of the columns. Title and director share what the others leave."""
    rest = width - _YEAR - _RATING - _TONE - _GAPS
    title = max(rest * 3 // 5, 16)
    return title, _YEAR, _RATING, max(rest - title, 10), _TONE
