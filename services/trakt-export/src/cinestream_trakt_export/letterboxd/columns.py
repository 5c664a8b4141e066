"""The usual columns that a level of detail (`api.extended`) keeps. Pure.

The default level `letterboxd` keeps them all, which are exactly the columns that Letterboxd imports.
"""

from cinestream_trakt_export.letterboxd.diary import IDENTITY
from cinestream_trakt_export.library.values import Row
from cinestream_trakt_export.options import Level

_MIN = {
    *IDENTITY, "WatchedDate", "Series", "SeriesYear", "SeriesTMDB", "SeriesIMDb", "SeriesTVDB", "Season", "Episode",
    "Watched", "Collected", "Rated",
}  # fmt: skip


def columns_at(level: Level, columns: Row, *, subject: str = "") -> Row:
    """Return those of the usual columns that a level keeps.

    Args:
        level: the level of detail. Only `min` leaves columns out.
        columns: the usual columns of a file.
        subject: a column that always stays because the list is about it. It is empty if there is none.
    """
    return tuple(name for name in columns if name in _MIN or name == subject) if level == "min" else columns
