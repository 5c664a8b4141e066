"""The versions of a movie in `MOVIES`: what the current one says, and storing the next by compare-and-set."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson

from cinestream.bus.jetstream import Bus, StoredMessage, WrongLastSequence
from cinestream.bus.topology import MOVIES
from cinestream.contracts import Envelope, Movie, subjects
from cinestream.contracts.director import DIRECTOR_KEYS
from cinestream.contracts.movie import page_time
from cinestream_etl import directors
from cinestream_etl.stages.film import Film
from cinestream_etl.stages.fingerprint import changed, facts, fingerprint
from cinestream_etl.stages.title import Person


class Decision(StrEnum):
    """What became of a page."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    OLDER = "older"


@dataclass(frozen=True)
class Version:
    """The current version of a movie; of one that cannot be read, or was taken down, `facts` is empty.

    A version that does not say the time of its page counts as older than any.
    """

    sequence: int
    page_time: datetime
    record_keys: tuple[str, ...]
    facts: Mapping[str, Any]
    revision: int = 1

    @property
    def fingerprint(self) -> str:
        """The same as that of a film which says the same."""
        return fingerprint(self.facts, [key for key in self.record_keys if directors.is_director(key)])


async def current(bus: Bus, id: str) -> Version | None:
    """The version of this movie that the stream shows, or None.

    Raises:
        Transient: the bus does not answer.
    """
    stored = await bus.last_message(MOVIES, subjects.movie(id))
    return version(stored) if stored else None


def version(stored: StoredMessage) -> Version:
    """Read a version as it is stored, whatever wrote it."""
    try:
        movie = orjson.loads(stored.body)
    except ValueError:
        movie = None
    movie = movie if isinstance(movie, dict) else {}
    if DIRECTOR_KEYS in stored.headers:
        keys = tuple(stored.headers[DIRECTOR_KEYS].split())
    else:
        names = movie.get("director")
        keys = tuple(directors.key(Person(str(name))) for name in (names if isinstance(names, list) else ()))
    moment = page_time(stored.headers) or datetime.min.replace(tzinfo=UTC)
    revision = movie.get("revision")
    return Version(stored.sequence, moment, keys, facts(movie), revision if isinstance(revision, int) else 1)


async def store(bus: Bus, movie: Movie, film: Film, *, after: Version | None) -> bool:
    """Publish the movie as the version that follows `after`, saying what changed; False if another one does already.

    Raises:
        Transient: the bus does not answer; it may or may not be stored.
    """
    if after:
        news = {"revision": after.revision + 1, "changed": changed(after.facts, film.facts)}
        movie = movie.model_copy(update=news)
    headers, body = movie.encode(page_time=film.page_time)
    envelope = Envelope({**headers, DIRECTOR_KEYS: " ".join(film.record_keys)}, body)
    try:
        await bus.publish(movie.subject, envelope, expect_last=after.sequence if after else 0)
    except WrongLastSequence:
        return False
    return True
