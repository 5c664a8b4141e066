"""Pages of the current films: found by filter and words, sorted, each with the cursor of the next one."""

import base64
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple, TypeAlias

import anyio
import orjson
from anyio.lowlevel import checkpoint

from cinestream_stream_api.catalogue.film_index import FilmIndex, IndexedFilm
from cinestream_stream_api.events.filters import EVERYTHING, Filter
from cinestream_stream_api.events.position import POSITION_PATTERN, Position, parse_position

CURSOR_PATTERN = rf"{POSITION_PATTERN}\.([0-9]{{1,19}}|[a-z]{{1,10}}\.[A-Za-z0-9_-]{{1,600}})"

_SLICE = 500
_MAX_TITLE = 60
"""Characters of a listing's text that decide about the place of a film. The text begins with the title."""

_UNKNOWN = 1.0
"""The number of a film without a rating or year. All others are negative, so that it comes last."""

Key: TypeAlias = tuple[float, str, str]
"""A place in a sorted list: a number, then a text, then the id of the film."""


class Sort(StrEnum):
    """The orders of films: the newest version, the best rating, the latest year, or the first title comes first."""

    NEWEST = "newest"
    RATING = "rating"
    YEAR = "year"
    TITLE = "title"


def _newest(film: IndexedFilm) -> Key:
    return -film.sequence, "", film.facets.id


def _by_rating(film: IndexedFilm) -> Key:
    rating = film.facets.rating
    return -rating if rating else _UNKNOWN, film.facets.listing.text[:_MAX_TITLE], film.facets.id


def _by_year(film: IndexedFilm) -> Key:
    year = film.facets.listing.year
    return -year if year else _UNKNOWN, film.facets.listing.text[:_MAX_TITLE], film.facets.id


def _by_title(film: IndexedFilm) -> Key:
    return 0, film.facets.listing.text[:_MAX_TITLE], film.facets.id


_KEYS: dict[Sort, Callable[[IndexedFilm], Key]] = {
    Sort.NEWEST: _newest,
    Sort.RATING: _by_rating,
    Sort.YEAR: _by_year,
    Sort.TITLE: _by_title,
}


class Cursor(NamedTuple):
    """The end of a page, as of `position`: the next page has the films whose keys are greater than `key`."""

    position: Position
    sort: Sort
    key: Key

    @property
    def before(self) -> int:
        """The sequence before which the next page begins, if the newest version comes first."""
        return -int(self.key[0]) if self.sort is Sort.NEWEST else self.position.sequence

    def __str__(self) -> str:
        if self.sort is Sort.NEWEST:
            return f"{self.position}.{self.before}"
        key = base64.urlsafe_b64encode(orjson.dumps(self.key)).decode().rstrip("=")
        return f"{self.position}.{self.sort}.{key}"


def parse_cursor(text: str) -> Cursor | None:
    """Parse a cursor. Return None if it is malformed."""
    head, *rest = text.split(".")
    position = parse_position(head)
    match position, rest:
        case Position(), [before] if before.isascii() and before.isdigit() and len(before) < 20:
            # No id of a film is greater, so the film at this sequence is not shown again.
            return Cursor(position, Sort.NEWEST, (-int(before), "", "~"))
        case Position(), [sort, key] if sort in _KEYS and sort != Sort.NEWEST:
            decoded = _decoded(key)
            return Cursor(position, Sort(sort), decoded) if decoded else None
    return None


def _decoded(text: str) -> Key | None:
    try:
        match orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))):
            case [int() | float() as number, str(title), str(id)]:
                return number, title, id
    except (Base64Error, ValueError):
        pass
    return None


class FilmQuery(NamedTuple):
    """The films of a list, and their order. `words` are those of `search_words`."""

    filter: Filter = EVERYTHING
    words: tuple[str, ...] = ()
    sort: Sort = Sort.NEWEST

    def matches(self, film: IndexedFilm) -> bool:
        """Return True if the film is in the list."""
        return (self.filter is EVERYTHING or self.filter.matches(film.facets)) and film.facets.listing.matches(
            self.words
        )


async def page_of(
    index: FilmIndex, query: FilmQuery, limit: int, cursor: Cursor | None, turn: anyio.Lock
) -> tuple[list[str], Cursor | None]:
    """Return the ids of the films in a page, and the cursor of the next page. Pauses often.

    All callers share `turn`, so that one slice is searched in each turn of the event loop, whatever their number.

    A film that gets a new version between two pages may be on no page. A client that reads the stream from the position
    of the first page gets the film there.
    """
    position = cursor.position if cursor else index.position
    best: list[Key] = []
    for part in _newest_first(index):
        async with turn:
            known = (film for film in part if film.sequence <= position.sequence and query.matches(film))
            keys: Iterable[Key] = map(_KEYS[query.sort], known)
            if cursor:
                keys = filter(cursor.key.__lt__, keys)
            if len(best) > limit:
                keys = filter(best[-1].__gt__, keys)
            best = sorted([*best, *keys])[: limit + 1]
            if query.sort is Sort.NEWEST and len(best) > limit:
                break
            await checkpoint()
    shown = best[:limit]
    following = Cursor(position, query.sort, shown[-1]) if len(best) > limit else None
    return [id for _, _, id in shown], following


def _newest_first(index: FilmIndex) -> Iterator[list[IndexedFilm]]:
    films = index.entries()
    return (films[max(end - _SLICE, 0) : end] for end in range(len(films), 0, -_SLICE))
