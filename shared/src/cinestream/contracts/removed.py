"""`Removed`: the message on a movie's subject that says the film was taken down."""

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
    """A film that was taken down at a time (aware); a page read later makes it a film again."""

    id: str
    at: datetime

    @property
    def subject(self) -> str:
        """Where the versions of the movie were stored."""
        return subjects.movie(self.id)

    def encode(self) -> Envelope:
        """The message. It has the time of a page, so that pages read before it are older than what is stored."""
        stamp = self.at.astimezone(UTC).isoformat(timespec="milliseconds")
        return Envelope({SCHEMA: f"{_NAME}/1", PAGE_TIME: stamp}, orjson.dumps({"id": self.id}))

    @staticmethod
    def says(headers: Mapping[str, str]) -> bool:
        """Whether a message with these headers is one, of any version."""
        return headers.get(SCHEMA, "").startswith(f"{_NAME}/")
