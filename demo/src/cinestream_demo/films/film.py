"""What the demo site knows about one title, and how a person gets an id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b

FIRST_PERSON = 90_000_000
"""Ids nm90000000 to nm99999999: eight digits as on IMDb today, in a range it has not reached."""
PEOPLE = 10_000_000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the credits; `id` is ours (the data set has none)."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ReleaseDate:
    """A date whose end may be unknown: a year, a month of it, or a day of that."""

    year: int
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Episode:
    """Where an episode stands in its series."""

    series_id: str
    series_title: str
    season: int
    number: int


@dataclass(frozen=True, slots=True)
class Film:
    """One title. `kind` is IMDb's title type id (movie, tvSeries, ...); `rating` is 0 to 10 with one decimal.

    None, an empty tuple or 0 votes means that nobody knows, and the page then leaves the fact out.
    """

    id: str
    title: str
    original_title: str
    kind: str = "movie"
    year: int | None = None
    end_year: int | None = None
    released: ReleaseDate | None = None
    runtime_minutes: int | None = None
    certificate: str | None = None
    rating: float | None = None
    votes: int = 0
    metascore: int | None = None
    plot: str | None = None
    genres: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    directors: tuple[Person, ...] = ()
    writers: tuple[Person, ...] = ()
    cast: tuple[Person, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    episode: Episode | None = field(default=None)

    @property
    def is_series(self) -> bool:
        """Whether IMDb calls it a series."""
        return self.kind in {"tvSeries", "tvMiniSeries"}

    @property
    def is_released(self) -> bool:
        """Whether it can be rated."""
        return self.rating is not None


def person_ids(names: Iterable[str], taken: dict[str, str] | None = None) -> dict[str, str]:
    """An id for every name: by the name's hash, else the next free one. Names in `taken` keep theirs.

    Depends only on the set of names, so the same catalogue always gives the same ids.
    """
    ids = dict(taken or {})
    used = set(ids.values())
    for name in sorted(set(names) - ids.keys()):
        number = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big") % PEOPLE
        while f"nm{FIRST_PERSON + number}" in used:
            number = (number + 1) % PEOPLE
        ids[name] = f"nm{FIRST_PERSON + number}"
        used.add(ids[name])
    return ids
