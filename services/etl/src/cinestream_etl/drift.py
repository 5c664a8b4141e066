"""Noticing that the site has changed: a field that films always have vanishes from page after page. Pure."""

from collections import deque
from collections.abc import Iterator

from cinestream_etl.stages.title import ParsedTitle, absent

ALWAYS = ("year", "directors", "stars", "genres", "plot")
"""Fields that nearly every released film has; a few that are announced or obscure lack some."""
VANISHED = 0.2
"""At or below this share of the last pages a field counts as vanished."""


class Watch:
    """Which of the fields that are always there the last `window` films had."""

    def __init__(self, window: int) -> None:
        self._films: deque[frozenset[str]] = deque(maxlen=window)

    def see(self, title: ParsedTitle) -> None:
        """Remember what this film has."""
        self._films.append(frozenset(field for field in ALWAYS if not absent(getattr(title, field))))

    def reasons(self) -> Iterator[str]:
        """A line for each field that has vanished; none before the window is full."""
        if len(self._films) < (self._films.maxlen or 0):
            return
        for field in ALWAYS:
            having = sum(field in film for film in self._films)
            if having <= VANISHED * len(self._films):
                yield f"{field} is in {having} of the last {len(self._films)} films: has the site changed?"
