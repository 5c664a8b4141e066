"""The directors of the current films, found by IMDb id or by name. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cinestream_stream_api.events.filters import Credit
from cinestream_stream_api.events.folding import fold

_ID = re.compile("nm[0-9]+")
_SLICE = 500


@dataclass(frozen=True)
class Director:
    """A director with the ids of the films.

    Without an id, it stands for all people of this name whose pages gave no id. `namesakes` are the ids of the other
    directors of the same name.
    """

    key: str
    id: str | None
    name: str
    films: tuple[str, ...]
    namesakes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TopDirector:
    """A director with a number of films. `id` is None if the films give none."""

    id: str | None
    name: str
    films: int


class Directors:
    """An index from directors to films.

    The key of a director is the `nm` id, or the folded name where the page gave no id.
    """

    def __init__(self) -> None:
        self._films: dict[str, dict[str, str]] = {}  # key -> film -> the name as the film gives it
        self._keys_by_name: dict[str, dict[str, set[str]]] = {}  # folded name -> key -> films that give that name

    def __len__(self) -> int:
        return len(self._films)

    def add(self, film: str, credits: Iterable[Credit]) -> None:
        """Add the directors of a film."""
        for credit in credits:
            folded, key = fold(credit.name), key_of(credit)
            self._films.setdefault(key, {})[film] = credit.name
            self._keys_by_name.setdefault(folded, {}).setdefault(key, set()).add(film)

    def remove(self, film: str, credits: Iterable[Credit]) -> None:
        """Remove the directors of a film. The credits must be those of `add`."""
        for credit in credits:
            folded, key = fold(credit.name), key_of(credit)
            keys = self._keys_by_name.get(folded, {})
            keys.get(key, set()).discard(film)
            _drop_empty(keys, key)
            _drop_empty(self._keys_by_name, folded)
            self._films.get(key, {}).pop(film, None)
            _drop_empty(self._films, key)

    def films(self, key: str) -> Iterable[str]:
        """Return the ids of the films of the director with this key."""
        return self._films.get(key, ())

    def slices(self) -> Iterator[list[TopDirector]]:
        """Iterate over all directors, in slices of bounded work. The directors may change between two slices."""
        keys = list(self._films)
        for at in range(0, len(keys), _SLICE):
            known = [(key, films) for key in keys[at : at + _SLICE] if (films := self._films.get(key))]
            yield [TopDirector(_id(key), _name(films), len(films)) for key, films in known]

    def names(self) -> list[str]:
        """Return the folded names of all directors."""
        return list(self._keys_by_name)

    def films_of_name(self, folded: str) -> int:
        """Return the number of films of the directors of a name."""
        return sum(map(len, self._keys_by_name.get(folded, {}).values()))

    def find(self, text: str) -> list[Director]:
        """Return the director with this id, or all directors of this name, sorted by id.

        Case, accents and punctuation of a name are ignored, and the case of an id.
        """
        id = text.strip().lower()
        keys = {id} & self._films.keys() if _ID.fullmatch(id) else self._keys_by_name.get(fold(text), {}).keys()
        return [self._director(key) for key in sorted(keys)]

    def _director(self, key: str) -> Director:
        films = self._films[key]
        name = _name(films)
        others = sorted(self._keys_by_name[fold(name)].keys() - {key})
        return Director(key, _id(key), name, tuple(films), tuple(other for other in others if _ID.fullmatch(other)))


def _id(key: str) -> str | None:
    return key if _ID.fullmatch(key) else None


def _name(films: dict[str, str]) -> str:
    """Return the name that the film added last gives."""
    return next(reversed(films.values()))


def _drop_empty(mapping: dict[str, Any], key: str) -> None:
    if key in mapping and not mapping[key]:
        del mapping[key]


def key_of(credit: Credit) -> str:
    """Return the key of a director."""
    return credit.id or fold(credit.name)
