"""Reads films from the CC0 Wikidata set that PyPI's `bokeh-sampledata` (2026.1) holds: `movies.db`, SQLite.

Two tables joined by `ID`: `omdb` (title, credits, genres, dates) and `tomatoes` (the critics' score and the number of
reviews). Used by the script that makes the bundled catalogue and by `--films N`, so that both agree.
"""

from __future__ import annotations

import math
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from typing import Any

from cinestream_demo.films.codes import COUNTRIES, LANGUAGES

MOST_CAST = 18
"""How many of the cast a page shows."""

Facts = dict[str, Any]
"""One film as the catalogue file has it: the fields of `Film`, people by name, the date as `YYYY[-MM-DD]`."""

_QUERY = """
SELECT o.imdbID, o.Title, o.Year, o.Rating AS Certificate, o.Runtime, o.Genre, o.Released, o.Director, o.Writer,
       o."Cast" AS Performers, o.Metacritic, o.Language, o.Country, t.Meter, t.Reviews, t.Production
FROM omdb o JOIN tomatoes t USING (ID)
WHERE t.Meter IS NOT NULL AND o.Year IS NOT NULL
ORDER BY t.Reviews DESC, o.imdbID, o.ID
"""


def read_films(database: Path) -> Iterator[Facts]:
    """Every rated film once, the most reviewed first."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute(_QUERY).fetchall()
    prominence = _prominence(rows)
    seen: set[str] = set()
    for row in rows:
        if row["imdbID"] not in seen:
            seen.add(row["imdbID"])
            yield _facts(row, prominence)


def _prominence(rows: Iterable[sqlite3.Row]) -> Mapping[str, float]:
    """The set lists a cast by the alphabet. Near to billing comes: who is in many reviewed films with few others."""
    prominence: defaultdict[str, float] = defaultdict(float)
    for row in rows:
        cast = _listed(row["Performers"])
        for name in cast:
            prominence[name] += math.sqrt(row["Reviews"] or 1) / len(cast)
    return prominence


def _facts(row: sqlite3.Row, prominence: Mapping[str, float]) -> Facts:
    cast = sorted(_listed(row["Performers"]), key=lambda name: (-prominence[name], name))
    return {
        "id": row["imdbID"],
        "title": row["Title"],
        "original_title": row["Title"],
        "year": row["Year"],
        "released": _release_date(row["Released"]),
        "runtime_minutes": int(row["Runtime"]) if row["Runtime"] else None,
        "certificate": row["Certificate"],
        "rating": max(1.0, row["Meter"] / 10),  # IMDb's scale begins at 1
        "votes": _votes(row["imdbID"], row["Reviews"] or 0),
        "metascore": row["Metacritic"],
        "genres": _listed(row["Genre"]),
        "directors": _listed(row["Director"]),
        "writers": _listed(row["Writer"]),
        "cast": cast[:MOST_CAST],
        "countries": _codes(row["Country"], COUNTRIES),
        "languages": _codes(row["Language"], LANGUAGES),
        "companies": _listed(row["Production"])[:4],
    }


def _listed(cell: str | None) -> list[str]:
    return list(dict.fromkeys(part for part in re.split(r",\s+", cell or "") if part))


def _codes(cell: str | None, codes: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys(codes[name] for name in _listed(cell) if name in codes))


def _release_date(cell: str | None) -> str | None:
    # Wikidata writes a date of which only the year is known as its first of January.
    return cell[:4] if cell and cell.endswith("-01-01") else cell


def _votes(film_id: str, reviews: int) -> int:
    """Ours, since the set has none: about what a film with so many reviews gets; the same at each build."""
    spread = blake2b(film_id.encode(), digest_size=1).digest()[0] / 256
    return int(reviews * reviews * (9 + 6 * spread)) + 37 * reviews + 5
