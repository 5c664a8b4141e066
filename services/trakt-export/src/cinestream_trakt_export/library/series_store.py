"""What an account did with episodes, from several lists, in a scratch file instead of memory."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from cinestream_trakt_export.library.scratch import Scratch
from cinestream_trakt_export.library.series import SeriesEntry
from cinestream_trakt_export.library.values import Row, Skipped
from cinestream_trakt_export.trakt.endpoints import COLLECTED_SHOWS, HISTORY_EPISODES, WATCHED_SHOWS

# Not one of Letterboxd's names: it would take the series for films if the file were imported.
COLUMNS: Row = (
    "Series", "SeriesYear", "SeriesTMDB", "SeriesIMDb", "SeriesTVDB", "Season", "Episode", "EpisodeTitle",
    "Plays", "Watched", "Collected", "Rated",
)  # fmt: skip
Item = tuple[str, Sequence[SeriesEntry]]  # the id of an item in its list, and what it says
_TABLES = """
CREATE TABLE item (list TEXT, id TEXT, PRIMARY KEY (list, id)) WITHOUT ROWID;
CREATE TABLE entry (list TEXT, id TEXT, tmdb TEXT, imdb TEXT, tvdb TEXT, title TEXT, year TEXT, season INTEGER,
                    number INTEGER, name TEXT, at INTEGER, plays INTEGER, rating INTEGER, facts TEXT,
                    PRIMARY KEY (list, id));
CREATE TABLE skipped (list TEXT, id TEXT, title TEXT, reason TEXT, PRIMARY KEY (list, id)) WITHOUT ROWID;
"""
_PLACE = "tmdb, imdb, tvdb, title, year, season, number"
_KNOWN = f"""
SELECT title, year, tmdb, imdb, tvdb, season, number, max(name), sum(plays),
       max(CASE WHEN list IN ('{WATCHED_SHOWS}', '{HISTORY_EPISODES}') THEN at END),
       max(CASE WHEN list = '{COLLECTED_SHOWS}' THEN at END), max(rating), max(facts)
FROM entry GROUP BY {_PLACE} %s ORDER BY title, {_PLACE}, min(at), min(id)
"""  # noqa: S608 - names of our own
_EACH_TIME = f", CASE WHEN list = '{HISTORY_EPISODES}' THEN id END"


class SeriesStore(Scratch):
    """The entries of several lists, each once. The file lives as long as this object."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, _TABLES)

    def add(self, name: str, items: Sequence[Item]) -> None:
        """Add items of a list; one whose id is already there is the same one, met again on the next page."""
        for id, entries in items:
            new = self.db.execute("INSERT OR IGNORE INTO item VALUES (?, ?)", (name, id)).rowcount
            rows = [
                (name, e.id, *e.series, e.season, e.number, e.title, _seconds(e.at), e.plays, e.rating, _json(e.facts))
                for e in entries
            ]
            if new:
                self.db.executemany(f"INSERT OR IGNORE INTO entry VALUES ({', '.join('?' * 14)})", rows)  # noqa: S608

    def skip(self, name: str, skipped: Skipped) -> None:
        """Remember what is left out, and why."""
        self.db.execute("INSERT OR IGNORE INTO skipped VALUES (?, ?, ?, ?)", (name, *skipped))

    def clear(self, name: str) -> None:
        """Forget a list."""
        for table in ("item", "entry", "skipped"):
            self.db.execute(f"DELETE FROM {table} WHERE list = ?", (name,))  # noqa: S608

    def count(self, name: str) -> int:
        """How many items the list has, the skipped ones included."""
        query = "SELECT (SELECT count(*) FROM item WHERE list = ?) + (SELECT count(*) FROM skipped WHERE list = ?)"
        return int(self.db.execute(query, (name, name)).fetchone()[0])

    def skipped(self) -> Iterator[Skipped]:
        """What was left out."""
        yield from self.db.execute("SELECT id, title, reason FROM skipped ORDER BY list, id")

    def rows(self, zone: ZoneInfo, *, each_time: bool) -> Iterator[Row]:
        """A row per episode (with `each_time`: per viewing), season or series that something is known of.

        After the columns come the facts, where there are some.
        """
        found = self.db.execute(_KNOWN % (_EACH_TIME if each_time else ""))
        for *place, plays, watched, collected, rating, facts in found:
            texts = ("" if value is None else str(value) for value in place)
            days = _day(watched, zone), _day(collected, zone)
            yield *texts, str(plays or ""), *days, str(rating or ""), *(orjson.loads(facts) if facts else ())


def _json(facts: Row) -> str | None:
    return orjson.dumps(facts).decode() if any(facts) else None


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())


def _day(at: int | None, zone: ZoneInfo) -> str:
    return "" if at is None else datetime.fromtimestamp(at, zone).date().isoformat()
