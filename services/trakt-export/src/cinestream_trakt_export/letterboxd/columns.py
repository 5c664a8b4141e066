"""What `api.extended` makes of a file: fewer of its usual columns, or facts of Trakt's beside them. Pure.

`letterboxd` is the default, and changes nothing: exactly the columns that Letterboxd imports. None of the facts has a
name that Letterboxd knows. Shapes: https://trakt.docs.apiary.io, "Extended Info"; images are addresses without scheme.
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
        subject: a column that the list is about, which always stays; empty for none.
    """
    return tuple(name for name in columns if name in _MIN or name == subject) if level == "min" else columns
