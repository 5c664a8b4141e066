"""`ParsedTitle`: the facts of one title as its page gives them, before and after validation."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Person:
    """A person in the credits.

    `id` is IMDb's id (`nm0001104`), or None if the page does not give it. `notes` are remarks behind the name, for
    example "based on the novel".
    """

    name: str
    id: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Related:
    """A title that a page recommends under "More like this"."""

    id: str
    title: str
    rating: float | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class ParsedTitle:
    """The facts that a page gives about its title.

    An absent fact is `None` or `()`, or `""` for `id`, `kind` and `title`, which no film lacks. Nothing is guessed.

    `kind` is IMDb's id of the kind of title (`movie`, `tvMovie`, `short`, `tvSeries`, …). `title` is the localised
    title that the page shows, and `original_title` the one that it calls original. `release_date` is the date in the
    viewer's region in ISO 8601, possibly partial (`1994-09`). `writers` and `stars` are the short credits at the top of
    the page. `countries` and `languages` are codes. `locale` is the language of the page.
    """

    id: str = ""
    kind: str = ""
    title: str = ""
    original_title: str | None = None
    year: int | None = None
    rating: float | None = None
    votes: int | None = None
    release_date: str | None = None
    directors: tuple[Person, ...] = ()
    writers: tuple[Person, ...] = ()
    stars: tuple[Person, ...] = ()
    genres: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    plot: str | None = None
    tagline: str | None = None
    runtime_minutes: int | None = None
    certificate: str | None = None
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    poster: str | None = None
    locale: str | None = None
    recommendations: tuple[Related, ...] = ()

    @property
    def is_film(self) -> bool:
        """True for a film of any kind: cinema, television, video or short. False for a series, an episode or a game."""
        return is_film(self.kind)


def is_film(kind: str) -> bool:
    """Return True if titles of this kind are films."""
    return not kind.endswith(("Series", "Episode", "Game"))


FIELDS = tuple(field.name for field in fields(ParsedTitle))
"""The names of all facts."""


def absent(value: object) -> bool:
    """Return True if a field of `ParsedTitle` has no value."""
    return value is None or value == () or value == ""
