"""`Removed`, the message on a movie's subject after the film was removed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from cinestream.contracts import subjects
from cinestream.contracts.envelope import SCHEMA, Envelope
from cinestream.contracts.movie import PAGE_TIME

_NAME = "removed"


@dataclass(frozen=True)
class Removed:
    """The removal of a film at an aware time. A page that is read later makes it a film again."""

    id: str
    at: datetime

    @property
    def subject(self) -> str:
        """The subject of the versions of the movie."""
        return subjects.movie(self.id)

    def encode(self) -> Envelope:
        """Return the message. It has a page time like a movie, so that etl drops pages that were read before it."""
        stamp = self.at.astimezone(UTC).isoformat(timespec="milliseconds")
        return Envelope({SCHEMA: f"{_NAME}/1", PAGE_TIME: stamp}, orjson.dumps({"id": self.id}))

    @staticmethod
    def matches(headers: Mapping[str, str]) -> bool:
        """Return True if the headers are those of a removal of any version."""
        return headers.get(SCHEMA, "").startswith(f"{_NAME}/")
