"""The films of each director, and the statistics that follow from them. Pure.

A director's record maps the id of a film to a `Contribution`. Every change of a record is idempotent, and an older page
never replaces a newer one. So a record is right in whatever order pages arrive, and however often.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

import orjson

from cinestream.contracts import DirectorStats, Envelope, Invalid
from cinestream.contracts.envelope import SCHEMA, require_schema
from cinestream_flow.message import Message


@dataclass(frozen=True, slots=True)
class Contribution:
    """The part of one film in the statistics of a director.

    `rating` is None for a film without a rating. `page_time` is the time at which the film's page was read.
    `fingerprint` is that of the film. It is empty if the contribution comes from a data set: every page then takes
    precedence over it, whatever its time.
    """

    rating: float | None
    page_time: datetime
    fingerprint: str

    @property
    def is_from_page(self) -> bool:
        """True if the contribution comes from a page, False if it comes from a data set."""
        return bool(self.fingerprint)


@dataclass(frozen=True)
class DirectorRecord:
    """The known films of one director, by title id."""

    films: Mapping[str, Contribution]

    def contains(self, id: str, fingerprint: str) -> bool:
        """Return True if the record has this film with this fingerprint."""
        return id in self.films and self.films[id].fingerprint == fingerprint

    def contains_newer(self, id: str, page_time: datetime) -> bool:
        """Return True if a page newer than `page_time` has added this film."""
        return id in self.films and self.films[id].is_from_page and self.films[id].page_time > page_time

    def with_film(self, id: str, film: Contribution) -> Self:
        """Return the record with this film, or the record itself if it already has a newer page of the film."""
        if self.films.get(id) == film or self.contains_newer(id, film.page_time):
            return self
        return type(self)({**self.films, id: film})

    def without_film(self, id: str, *, page_time: datetime) -> Self:
        """Return the record without this film.

        Returns the record itself if it does not have the film, or if the film comes from a data set or from a page
        newer than `page_time`.
        """
        if id not in self.films or not self.films[id].is_from_page or self.contains_newer(id, page_time):
            return self
        return type(self)({other: film for other, film in self.films.items() if other != id})

    def with_data_set(self, films: Mapping[str, Contribution]) -> Self:
        """Return the record with the films of a data set.

        A film stays as it is if a page has added it, or a data set that is at least as new. Returns the record itself
        if nothing changes.
        """

        def is_known(id: str, film: Contribution) -> bool:
            present = self.films.get(id)
            return present is not None and (present.is_from_page or present.page_time >= film.page_time)

        new = {id: film for id, film in films.items() if not is_known(id, film)}
        return type(self)({**self.films, **new}) if new else self

    @property
    def stats(self) -> DirectorStats | None:
        """The statistics of the director, or None if the record has no film."""
        if not self.films:
            return None
        ratings = [film.rating for film in self.films.values() if film.rating is not None]
        mean = round(math.fsum(ratings) / len(ratings), 1) if ratings else None
        return DirectorStats(total_movies=len(self.films), average_rating=mean)

    def encode(self) -> Envelope:
        """Return the record as a message.

        The body is `{"films": {id: [rating, page time, fingerprint]}}`, with the page time in Unix milliseconds.
        """
        films = {
            id: [film.rating, round(film.page_time.timestamp() * 1000), film.fingerprint]
            for id, film in self.films.items()
        }
        return Envelope({SCHEMA: "director/1"}, orjson.dumps({"films": films}))

    @classmethod
    def decode(cls, envelope: Envelope) -> Self:
        """Read a record from a message.

        Raises:
            Invalid: the message is not a director's record.
        """
        require_schema(envelope, "director", newest=1)
        try:
            films = orjson.loads(envelope.body)["films"]
            return cls({id: Contribution(rating, _time(time), print) for id, (rating, time, print) in films.items()})
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise Invalid(Message("director record: {error}", error=error)) from error


_NOBODY = "nobody-"


def key_without_director(film_id: str) -> str:
    """Return the key of the record that holds only this film, which has no known director.

    The record keeps the time of the film's newest page, as the records of directors do for their films.
    """
    return _NOBODY + film_id


def is_director_key(key: str) -> bool:
    """Return True if the key belongs to a director."""
    return not key.startswith(_NOBODY)


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
