"""Facts that Trakt gives of films and series at a level of `api.extended`. Pure.

Shapes: https://trakt.docs.apiary.io, "Extended Info"; images are addresses without scheme.
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
    """What Trakt is asked to say of the items of a list beside what files need.

    Args:
        level: what it is asked for.
        fields: where in an item the fact of each column is.
    """

    level: Level
    fields: Mapping[str, Sequence[str]]

    @property
    def columns(self) -> Row:
        """The header."""
        return tuple(self.fields)

    def of(self, item: Any) -> Row:
        """The facts of an item, each empty when Trakt does not know it (or says 0)."""
        return tuple(_text(_at(item, path)) for path in self.fields.values())

    def of_json(self, item: bytes | msgspec.Raw) -> Row:
        """The same of an item as it came."""
        return self.of(orjson.loads(bytes(item)))


def facts_of(level: Level, path: str) -> Facts | None:
    """The facts that a list of Trakt has at a level; None for none. Only collections have metadata."""
    thing = "movie" if path.endswith("/movies") else "show"
    if level == "full":
        return Facts(level, _within(_FILM if thing == "movie" else _SERIES, thing))
    if level == "images":
        return Facts(level, _within(_IMAGES, thing, "images"))
    if level == "metadata" and path in (COLLECTED_MOVIES, COLLECTED_SHOWS):
        return Facts(level, _within(_METADATA, "metadata"))
    return None


def levels_of(facts: Facts | None, *, full: bool) -> list[str]:
    """What Trakt is asked to say of the items of a list beside the usual: for its facts, and `full` to choose by."""
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
    """A fact as a field."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:.1f}" if isinstance(value, float) and value else str(value or "")
    if isinstance(value, list):
        return ", ".join(filter(None, map(_text, value)))
    return " ".join(text_of(value).split())
