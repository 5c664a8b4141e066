"""Facts about films and series that Trakt returns at a level of `api.extended`. Pure.

Source of the fields: https://trakt.docs.apiary.io, "Extended Info". Images are URLs without a scheme. No column has a
name that Letterboxd imports.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import orjson

from cinestream_trakt_export.library.values import Row, text_of
from cinestream_trakt_export.options import Level
from cinestream_trakt_export.trakt.endpoints import COLLECTED_MOVIES, COLLECTED_SHOWS

_FILM = {
    "Released": "released", "Runtime": "runtime", "Genres": "genres", "Country": "country", "Language": "language",
    "Certification": "certification", "Status": "status", "TraktRating": "rating", "TraktVotes": "votes",
}  # fmt: skip
_SERIES = {"FirstAired": "first_aired", "Network": "network"} | {k: v for k, v in _FILM.items() if k != "Released"}
_METADATA = {
    "MediaType": "media_type", "Resolution": "resolution", "HDR": "hdr", "Audio": "audio",
    "AudioChannels": "audio_channels", "3D": "3d",
}  # fmt: skip
_IMAGES = {"Poster": "poster", "Fanart": "fanart"}


@dataclass(frozen=True)
class Facts:
    """The additional columns of a list.

    Args:
        level: the level that is requested from Trakt.
        fields: the path of each column's fact in an item.
    """

    level: Level
    fields: Mapping[str, Sequence[str]]

    @property
    def columns(self) -> Row:
        """The names of the columns."""
        return tuple(self.fields)

    def of(self, item: Any) -> Row:
        """Return the facts of a decoded item. A fact is empty if Trakt does not know it or returns 0."""
        return tuple(_text(_at(item, path)) for path in self.fields.values())

    def of_json(self, item: bytes | msgspec.Raw) -> Row:
        """Return the facts of an item in JSON."""
        return self.of(orjson.loads(bytes(item)))


def facts_of(level: Level, path: str) -> Facts | None:
    """Return the facts that a list of Trakt has at a level, or None. Only collections have metadata.

    `path` is the path of the list in the API.
    """
    thing = "movie" if path.endswith("/movies") else "show"
    if level == "full":
        return Facts(level, _within(_FILM if thing == "movie" else _SERIES, thing))
    if level == "images":
        return Facts(level, _within(_IMAGES, thing, "images"))
    if level == "metadata" and path in (COLLECTED_MOVIES, COLLECTED_SHOWS):
        return Facts(level, _within(_METADATA, "metadata"))
    return None


def levels_of(facts: Facts | None, *, full: bool) -> list[str]:
    """Return the levels to request for these facts. With `full`, the level that the filters need is one of them."""
    return [*dict.fromkeys(filter(None, ("full" if full else "", facts.level if facts else "")))]


def _within(fields: Mapping[str, str], *path: str) -> Mapping[str, Sequence[str]]:
    return {column: (*path, name) for column, name in fields.items()}


def _at(item: Any, path: Sequence[str]) -> Any:
    for name in path:
        item = item.get(name) if isinstance(item, dict) else None
    if path[-2:-1] == ("images",):
        first = item[0] if isinstance(item, list) and item else None
        return f"https://{first}" if isinstance(first, str) and "://" not in first else first
    return item


def _text(value: Any) -> str:
    """Return a fact as the text of a field."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:.1f}" if isinstance(value, float) and value else str(value or "")
    if isinstance(value, list):
        return ", ".join(filter(None, map(_text, value)))
    return " ".join(text_of(value).split())
