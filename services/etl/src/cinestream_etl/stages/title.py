"""`ParsedTitle`: what one page says about one title, before and after it is validated."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Person:
    """A name in the credits; `id` is IMDb's (`nm0001104`), if the page gives it; `notes` like "based on the novel"."""

    name: str
    id: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Related:
    """A title under "More like this"."""

    id: str
    title: str
    rating: float | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class ParsedTitle:
    """The facts of a page. Absent is `None`, `()`, or `""` for the three that no film lacks; never a guess.

    `kind` is IMDb's type id (`movie`, `tvMovie`, `short`, `tvSeries`, …). `title` is the one shown (localised),
    `original_title` the page's original one. `release_date` is the viewer's region's, ISO 8601, maybe partial
    (`1994-09`). `writers` and `stars` are the short credits at the top of the page. `countries` and `languages`
    are codes, `locale` is the language of the page.
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
        """Whether it is a film of any kind: cinema, television, video or short; not a series, episode or game."""
        return is_film(self.kind)


def is_film(kind: str) -> bool:
    """The same of a kind."""
    return not kind.endswith(("Series", "Episode", "Game"))


FIELDS = tuple(field.name for field in fields(ParsedTitle))


def absent(value: object) -> bool:
    """Whether a field of `ParsedTitle` has no value."""
    return value is None or value == () or value == ""
