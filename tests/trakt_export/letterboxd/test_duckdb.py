"""The import files, read by DuckDB, whose CSV reader is independent of this project."""

import csv
import random
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.trakt_export.conftest import command
from tests.trakt_export.server import FakeTrakt, movie, play

from cinestream_trakt_export.letterboxd.verify import read_records
from cinestream_trakt_export.settings import TraktSettings

TITLES = ['"Deji"', 'Say "Hi", Bob', "Comma, Comma", "C'est l'été ✓", "日本語", "--", "#1", "=1+1"]

NOTES = 'for "me",\nlater'
TYPES = {"tmdbID": "UBIGINT", "Year": "USMALLINT", "Rating10": "UTINYINT", "WatchedDate": "DATE", "Rewatch": "BOOLEAN"}


@pytest.fixture
def files(trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> Path:
    """Export an account with rewatches, ratings, unknown dates and awkward titles, in several files."""
    chance = random.Random(3)
    films = [movie(n, TITLES[n % len(TITLES)] if n < 40 else f"Film number {n} " * 20) for n in range(1, 1001)]
    trakt.lists = {
        "/sync/history/movies": [
            play(n, films[chance.randrange(1000)], f"20{chance.randrange(10, 26)}-0{n % 9 + 1}-1{n % 9}T22:30:00.000Z")
            if n % 50
            else play(n, films[chance.randrange(1000)], "1970-01-01T00:33:00.000Z")
            for n in range(4000, 0, -1)
        ],
        "/sync/ratings/movies": [
            {"rated_at": "2020-01-01T00:00:00.000Z", "rating": n % 11, "type": "movie", "movie": film}
            for n, film in enumerate(films)
        ],
        "/sync/watchlist/movies": [
            {"id": n, "notes": 'for "me",\nlater', "type": "movie", "movie": film}
            for n, film in enumerate(films[:50], 1)
        ],
    }
    for kind in ("history", "ratings", "watchlist"):
        result = command(settings, "export", kind, "--out", str(tmp_path / "out"))
        assert result.returncode == 0, result.stderr
    return tmp_path / "out"


def query(files: Path, kind: str, select: str) -> list[tuple[Any, ...]]:
    """Run a query on the files of one export. A value of the wrong type is an error."""
    header = (files / f"{kind}-001.csv").read_text().splitlines()[0]
    columns = {name: TYPES.get(name, "VARCHAR") for name in header.split(",")}
    dialect = "header=true, delim=',', quote='\"', escape='\\', auto_detect=false"
    source = f"read_csv('{files}/{kind}-*.csv', {dialect}, columns={columns})"
    return duckdb.execute(select.format(source)).fetchall()


def test_a_history_keeps_the_rules(files: Path) -> None:
    """A film has a row for each day, and one rating at most. Every row after the first is a rewatch."""
    assert len([*files.glob("history-*.csv")]) > 1
    assert query(files, "history", "SELECT count(*) FROM {} WHERE Rewatch AND WatchedDate IS NULL") == [(0,)]
    ((rows, viewings),) = query(files, "history", "SELECT count(*), count(DISTINCT (tmdbID, WatchedDate)) FROM {}")
    assert rows == viewings > 3000
    assert query(files, "history", "SELECT count(*) FROM {} WHERE Rating10 NOT BETWEEN 1 AND 10") == [(0,)]
    assert query(files, "history", "SELECT max(n) FROM (SELECT count(Rating10) n FROM {} GROUP BY tmdbID)") == [(1,)]
    numbered = "row_number() OVER (PARTITION BY tmdbID ORDER BY WatchedDate NULLS FIRST) AS number"
    wrong = f"SELECT count(*) FROM (SELECT Rewatch, {numbered} FROM {{}}) WHERE Rewatch != (number > 1)"
    assert query(files, "history", wrong) == [(0,)]


def test_titles_and_notes_are_unchanged(files: Path) -> None:
    """Quotes, commas, line breaks and other scripts survive."""
    found = {title for (title,) in query(files, "watchlist", "SELECT DISTINCT Title FROM {}")}
    assert set(TITLES) <= found
    assert query(files, "watchlist", "SELECT DISTINCT Review FROM {}") == [(NOTES,)]


def test_ratings_are_never_zero(files: Path) -> None:
    """Trakt writes 0 for no rating, so the film is not in the file."""
    ((lowest, highest, rows),) = query(files, "ratings", "SELECT min(Rating10), max(Rating10), count(*) FROM {}")
    assert (lowest, highest) == (1, 10)
    assert rows == sum(1 for n in range(1000) if n % 11)


def test_real_files_of_letterboxd_are_read(samples: Path) -> None:
    """Letterboxd's own exports double their quotes. Files without quotes have the same records for both readers."""
    folder = samples / "letterboxd"
    if not folder.is_dir():
        pytest.skip(f"no files of Letterboxd at {folder}")
    compared = 0
    for path in sorted(folder.glob("*.csv")):
        text = path.read_bytes().decode().replace("\r\n", "\n")
        if '""' in text or "\\" in text:
            with pytest.raises(ValueError, match="a quote inside"):
                [*read_records(text)]
            continue
        expected = [row or [""] for row in csv.reader(text.splitlines(keepends=True))]
        assert [*read_records(text if text.endswith("\n") else text + "\n")] == expected
        compared += len(expected)
    assert compared > 500
