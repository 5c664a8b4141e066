"""Reader of the CC0 film data from Wikidata in PyPI's `bokeh-sampledata` (2026.1): `movies.db`, an SQLite file.

Its tables `omdb` (title, credits, genres, dates) and `tomatoes` (critics' score, number of reviews) share the key `ID`.
The script that builds the bundled catalogue and the option `--films N` both read it here, so that they agree.
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

MAX_CAST = 18
"""Members of the cast that a page shows."""

Facts = dict[str, Any]
"""One film as in the catalogue file: the fields of `DemoFilm`, people by name, the date as `YYYY[-MM-DD]`."""

_QUERY = """
SELECT o.imdbID, o.Title, o.Year, o.Rating AS Certificate, o.Runtime, o.Genre, o.Released, o.Director, o.Writer,
       o."Cast" AS Performers, o.Metacritic, o.Language, o.Country, t.Meter, t.Reviews, t.Production
FROM omdb o JOIN tomatoes t USING (ID)
WHERE t.Meter IS NOT NULL AND o.Year IS NOT NULL
ORDER BY t.Reviews DESC, o.imdbID, o.ID
"""


def read_films(database: Path) -> Iterator[Facts]:
    """Yield every rated film once, the most reviewed first."""
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
    """Return a weight per actor, to order each cast by.

    The data set lists a cast alphabetically. The order of billing is approximated: an actor weighs more
    who played in films with many reviews and a small cast.
    """
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
        "cast": cast[:MAX_CAST],
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
    """Invent a number of votes, because the data set has none.

    It is about as many as a film with so many reviews gets, and the same in each build.
    """
    spread = blake2b(film_id.encode(), digest_size=1).digest()[0] / 256
    return int(reviews * reviews * (9 + 6 * spread)) + 37 * reviews + 5
