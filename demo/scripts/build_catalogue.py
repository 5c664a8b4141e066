"""Builder of the bundled catalogue: the films of `plots.tsv`, with their facts from the CC0 Wikidata set.

    python scripts/build_catalogue.py [movies.db]

Without an argument the script reads the installed `bokeh-sampledata`. `plots.tsv` (id, keywords, plot) and
`originals.tsv` (id, original title) are written by hand. The same input always gives the same file.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import orjson

from cinestream_demo.films.catalogue import all_films_database
from cinestream_demo.films.film import person_ids
from cinestream_demo.films.reserved_ids import RESERVED
from cinestream_demo.films.wikidata import Facts, read_films

HERE = Path(__file__).parent
CATALOGUE = HERE.parent / "src" / "cinestream_demo" / "films" / "data" / "catalogue.json"


def main() -> None:
    """Write the file.

    Raises:
        SystemExit: the input has faults. The message lists all of them.
    """
    database = Path(sys.argv[1]) if len(sys.argv) > 1 else all_films_database()
    written = {film_id: (keywords.split(", "), plot) for film_id, keywords, plot in _table("plots.tsv")}
    originals = dict(_table("originals.tsv"))
    films = [facts for facts in read_films(database) if facts["id"] in written]
    for facts in films:
        facts["keywords"], facts["plot"] = written[facts["id"]]
        facts["original_title"] = originals.pop(facts["id"], facts["title"])
    faults = [*_faults(films, written), *(f"original title of an unknown film: {film_id}" for film_id in originals)]
    if faults:
        sys.exit("\n".join(faults))
    films.sort(key=lambda facts: facts["id"])
    CATALOGUE.write_bytes(b"".join(orjson.dumps(facts) + b"\n" for facts in films))
    print(f"{len(films)} films, {CATALOGUE.stat().st_size} bytes")


def _faults(films: list[Facts], written: dict[str, tuple[list[str], str]]) -> list[str]:
    found = {facts["id"] for facts in films}
    names = {name for facts in films for role in ("directors", "writers", "cast") for name in facts[role]}
    plots = [facts["plot"] for facts in films]
    faults = [f"not in the data set: {film_id}" for film_id in written if film_id not in found]
    faults += [f"id is reserved: {film_id}" for film_id in found & RESERVED.keys()]
    faults += [
        f"no director or genre: {facts['id']}" for facts in films if not (facts["directors"] and facts["genres"])
    ]
    if len(set(plots)) != len(plots):
        faults.append("two plots are alike")
    if len(set(person_ids(names).values())) != len(names):
        faults.append("two people have one id")
    return faults


def _table(name: str) -> list[list[str]]:
    with (HERE / name).open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


if __name__ == "__main__":
    main()
