"""One title of the demo site, and the ids of the people in its credits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b

FIRST_PERSON = 90_000_000
"""First number of the ids nm90000000 to nm99999999.

IMDb's own ids have eight digits too, but have not reached this range.
"""
PEOPLE = 10_000_000


@dataclass(frozen=True, slots=True)
class CreditedPerson:
    """Someone in the credits. The data set has no ids for people, so `id` is generated."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ReleaseDate:
    """A release date that is known to the year, to the month or to the day."""

    year: int
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Episode:
    """The place of an episode in its series."""

    series_id: str
    series_title: str
    season: int
    number: int


@dataclass(frozen=True, slots=True)
class DemoFilm:
    """One title.

    `kind` is the id that IMDb gives to a type of title (movie, tvSeries, ...). `rating` is 0 to 10 with one decimal.
    None, an empty tuple and 0 votes mean "unknown". The page leaves an unknown fact out.
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
    directors: tuple[CreditedPerson, ...] = ()
    writers: tuple[CreditedPerson, ...] = ()
    cast: tuple[CreditedPerson, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    episode: Episode | None = field(default=None)

    @property
    def is_series(self) -> bool:
        """True for the kinds that IMDb counts as series."""
        return self.kind in {"tvSeries", "tvMiniSeries"}

    @property
    def is_released(self) -> bool:
        """True for a title with a rating, because only released titles can be rated."""
        return self.rating is not None


def person_ids(names: Iterable[str], taken: dict[str, str] | None = None) -> dict[str, str]:
    """Return an id for every name.

    An id is derived from the hash of the name. When two names collide, the second gets the next free id.
    Names in `taken` keep their ids. The result depends only on the set of names: the same catalogue gives the same ids.
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
