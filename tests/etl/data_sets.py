"""Data sets of made-up films in the format of IMDb's non-commercial ones, and the expected records."""

import gzip
import random
from collections import defaultdict
from pathlib import Path

from cinestream_etl.commands.director_tables import DataSets

KINDS = ["movie", "movie", "short", "tvMovie", "tvSeries", "tvEpisode", "videoGame"]
Expected = dict[str, dict[str, float | None]]


def write_data_sets(folder: Path, *, titles: int, people: int, seed: int = 1) -> tuple[DataSets, Expected]:
    """Write the four files, and return the films and ratings of every director."""
    fate = random.Random(seed)
    basics, crew, ratings = [], [], []
    expected: defaultdict[str, dict[str, float | None]] = defaultdict(dict)
    for number in range(1, titles + 1):
        id, kind = f"tt{number:07}", fate.choice(KINDS)
        basics.append(f'{id}\t{kind}\tFilm "{number}\t\\N\t0\t{fate.choice(["1994", chr(92) + "N"])}\t\\N\t\\N\tDrama')
        directors = [f"nm{n:07}" for n in fate.sample(range(1, people + 3), fate.randint(0, 2))]
        crew.append(f"{id}\t{','.join(directors) or chr(92) + 'N'}\t\\N")
        rating = round(fate.uniform(1, 10), 1) if fate.random() < 0.7 else None
        if rating is not None:
            ratings.append(f"{id}\t{rating}\t{fate.randint(5, 9999)}")
        for director in directors if kind in ("movie", "short", "tvMovie") else ():
            if int(director[2:]) <= people:  # the file of names lacks the last two people
                expected[director][id] = rating
    names = [f"nm{n:07}\tPerson {n}\t\\N\t\\N\tdirector\ttt0000001" for n in range(1, people + 1)]
    files = DataSets(*(folder / f"{name}.tsv.gz" for name in ("title.basics", "title.crew", "title.ratings", "names")))
    _write(
        files.basics,
        "tconst titleType primaryTitle originalTitle isAdult startYear endYear runtimeMinutes genres",
        basics,
    )
    _write(files.crew, "tconst directors writers", crew)
    _write(files.ratings, "tconst averageRating numVotes", ratings)
    _write(files.names, "nconst primaryName birthYear deathYear primaryProfession knownForTitles", names)
    return files, dict(expected)


def _write(path: Path, columns: str, lines: list[str]) -> None:
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as file:
        file.write("\n".join([columns.replace(" ", "\t"), *lines]) + "\n")
