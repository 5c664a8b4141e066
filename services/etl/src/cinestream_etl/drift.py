"""Detection of a changed site: a field that nearly every film has vanishes from page after page. Pure."""

from collections import deque
from collections.abc import Iterator

from cinestream_etl.stages.title import ParsedTitle, absent

ALWAYS = ("year", "directors", "stars", "genres", "plot")
"""Fields that nearly every released film has. A few announced or obscure films lack some."""
MAX_VANISHED_SHARE = 0.2
"""A field counts as vanished if at most this share of the last films has it."""


class DriftWatch:
    """A record of which fields the last `window` films had."""

    def __init__(self, window: int) -> None:
        self._films: deque[frozenset[str]] = deque(maxlen=window)

    def observe(self, title: ParsedTitle) -> None:
        """Remember which fields this film has."""
        self._films.append(frozenset(field for field in ALWAYS if not absent(getattr(title, field))))

    def reasons(self) -> Iterator[str]:
        """Yield a line for each vanished field. Yields nothing before the window is full."""
        if len(self._films) < (self._films.maxlen or 0):
            return
        for field in ALWAYS:
            having = sum(field in film for film in self._films)
            if having <= MAX_VANISHED_SHARE * len(self._films):
                yield f"{field}: in {having} of the last {len(self._films)} films; the site may have changed its pages"
