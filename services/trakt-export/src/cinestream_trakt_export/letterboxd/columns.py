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


def kept(level: Level, columns: Row, *, about: str = "") -> Row:
    """Those of the usual columns that a level keeps; `about` is what a list is about, and stays."""
    return tuple(name for name in columns if name in _MIN or name == about) if level == "min" else columns
