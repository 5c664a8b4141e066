"""`Directors`: whose films are in the catalogue, by IMDb id or by name; pure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cinestream_stream_api.events.filters import Credit

_ID = re.compile(r"nm\d+")


@dataclass(frozen=True)
class Director:
    """Somebody who directed films in the catalogue. Without an id: everybody whom pages gave this name alone."""

    id: str | None
    name: str
    films: tuple[str, ...]
    namesakes: tuple[str, ...]


class Directors:
    """Who directed what. A director is known by the `nm` id, or by the folded name where the page gave no id."""

    def __init__(self) -> None:
        self._films: dict[str, dict[str, str]] = {}  # key -> film -> the name as the film gives it
        self._called: dict[str, dict[str, set[str]]] = {}  # folded name -> key -> films that give that name

    def add(self, film: str, credits: Iterable[Credit]) -> None:
        """Take in the directors of a film."""
        for credit in credits:
            folded = fold(credit.name)
            key = credit.id or folded
            self._films.setdefault(key, {})[film] = credit.name
            self._called.setdefault(folded, {}).setdefault(key, set()).add(film)

    def remove(self, film: str, credits: Iterable[Credit]) -> None:
        """Forget the directors of a film, given as they were added."""
        for credit in credits:
            folded = fold(credit.name)
            key = credit.id or folded
            called = self._called.get(folded, {})
            called.get(key, set()).discard(film)
            _drop_empty(called, key)
            _drop_empty(self._called, folded)
            self._films.get(key, {}).pop(film, None)
            _drop_empty(self._films, key)

    def find(self, text: str) -> list[Director]:
        """Who has this id, or everybody of this name (case, accents and punctuation do not count), by id."""
        keys = {text} & self._films.keys() if _ID.fullmatch(text) else self._called.get(fold(text), {}).keys()
        return [self._director(key) for key in sorted(keys)]

    def _director(self, key: str) -> Director:
        films = self._films[key]
        name = next(reversed(films.values()))
        others = sorted(self._called[fold(name)].keys() - {key})
        id = key if _ID.fullmatch(key) else None
        return Director(id, name, tuple(films), tuple(other for other in others if _ID.fullmatch(other)))


def _drop_empty(of: dict[str, Any], key: str) -> None:
    if key in of and not of[key]:
        del of[key]


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """A name as it is compared: letters and digits without accents and case, words apart by one space."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c)).split())
