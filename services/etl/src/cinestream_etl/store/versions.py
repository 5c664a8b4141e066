"""The versions of a movie in `MOVIES`: read the current one, and publish the next one by compare-and-set."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson

from cinestream.bus.jetstream import Bus, StoredMessage, WrongLastSequence
from cinestream.bus.topology import MOVIES
from cinestream.contracts import Envelope, Movie, subjects
from cinestream.contracts.director import DIRECTOR_KEYS, director_key
from cinestream.contracts.movie import page_time
from cinestream_etl.directors import is_director_key
from cinestream_etl.stages.film import Film
from cinestream_etl.stages.fingerprint import changed, facts, fingerprint


class Decision(StrEnum):
    """The decision about the page of a film."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    OLDER = "older"


@dataclass(frozen=True)
class Version:
    """The current version of a movie.

    `facts` is empty if the version cannot be read or the film was removed. `page_time` is the earliest possible time if
    the version does not state one, so every page is newer.
    """

    sequence: int
    page_time: datetime
    record_keys: tuple[str, ...]
    facts: Mapping[str, Any]
    revision: int = 1

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the film, comparable with `Film.fingerprint`."""
        return fingerprint(self.facts, [key for key in self.record_keys if is_director_key(key)])


async def current(bus: Bus, id: str) -> Version | None:
    """Return the newest stored version of a movie, or None if there is none.

    Raises:
        Transient: the bus does not answer.
    """
    stored = await bus.last_message(MOVIES, subjects.movie(id))
    return version(stored) if stored else None


def version(stored: StoredMessage) -> Version:
    """Read a stored version. It may come from an older release or from another program."""
    try:
        movie = orjson.loads(stored.body)
    except ValueError:
        movie = None
    movie = movie if isinstance(movie, dict) else {}
    if DIRECTOR_KEYS in stored.headers:
        keys = tuple(stored.headers[DIRECTOR_KEYS].split())
    else:
        names = movie.get("director")
        keys = tuple(director_key(str(name)) for name in (names if isinstance(names, list) else ()))
    moment = page_time(stored.headers) or datetime.min.replace(tzinfo=UTC)
    revision = movie.get("revision")
    return Version(stored.sequence, moment, keys, facts(movie), revision if isinstance(revision, int) else 1)


async def publish(bus: Bus, movie: Movie, film: Film, *, after: Version | None) -> bool:
    """Publish the movie as the version that follows `after`, with its revision and the fields that changed.

    Returns:
        True if the version is stored, False if another version came first.

    Raises:
        Transient: the bus does not answer. The version may or may not be stored.
    """
    if after:
        news = {"revision": after.revision + 1, "changed": changed(after.facts, film.facts)}
        movie = movie.model_copy(update=news)
    headers, body = movie.encode(page_time=film.page.page_time)
    envelope = Envelope({**headers, DIRECTOR_KEYS: " ".join(film.page.record_keys)}, body)
    try:
        await bus.publish(movie.subject, envelope, expect_last=after.sequence if after else 0)
    except WrongLastSequence:
        return False
    return True
