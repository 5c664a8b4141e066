"""What each film contributes to its director's statistics; pure.

A director's record maps a film's id to its rating and the time of the page that said so. Every change is idempotent
and the older page loses, so the record is right whatever order pages come in and however often.
"""

import hashlib
import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

import orjson

from cinestream.contracts import DirectorStats, Envelope, Invalid
from cinestream.contracts.envelope import SCHEMA, require_schema
from cinestream_etl.stages.title import Person


@dataclass(frozen=True, slots=True)
class Contribution:
    """A film's rating (None: not rated), as its page of `page_time` said, and the `fingerprint` of all that it said.

    Without a fingerprint it is of a data set of that time, and gives way to every page.
    """

    rating: float | None
    page_time: datetime
    fingerprint: str

    @property
    def of_a_page(self) -> bool:
        """Whether a page said it."""
        return bool(self.fingerprint)


@dataclass(frozen=True)
class Record:
    """The known films of one director, by id."""

    films: Mapping[str, Contribution]

    def knows(self, id: str, fingerprint: str) -> bool:
        """Whether this film is in it, put in by a page that said the same."""
        return id in self.films and self.films[id].fingerprint == fingerprint

    def knows_newer(self, id: str, page_time: datetime) -> bool:
        """Whether a page newer than `page_time` put this film in."""
        return id in self.films and self.films[id].of_a_page and self.films[id].page_time > page_time

    def with_film(self, id: str, film: Contribution) -> Self:
        """The record with this film in it, unless it already knows a newer page of it."""
        if self.films.get(id) == film or self.knows_newer(id, film.page_time):
            return self
        return type(self)({**self.films, id: film})

    def without_film(self, id: str, *, since: datetime) -> Self:
        """The record without this film, unless a page newer than `since`, or a data set, says that it belongs here."""
        if id not in self.films or not self.films[id].of_a_page or self.knows_newer(id, since):
            return self
        return type(self)({other: film for other, film in self.films.items() if other != id})

    def with_data_set(self, films: Mapping[str, Contribution]) -> Self:
        """The record with the films of a data set that neither a page nor a data set as new has put in."""

        def known(id: str, film: Contribution) -> bool:
            there = self.films.get(id)
            return there is not None and (there.of_a_page or there.page_time >= film.page_time)

        news = {id: film for id, film in films.items() if not known(id, film)}
        return type(self)({**self.films, **news}) if news else self

    @property
    def stats(self) -> DirectorStats | None:
        """The statistics, or None of no film."""
        if not self.films:
            return None
        ratings = [film.rating for film in self.films.values() if film.rating is not None]
        mean = round(math.fsum(ratings) / len(ratings), 1) if ratings else None
        return DirectorStats(total_movies=len(self.films), average_rating=mean)

    def encode(self) -> Envelope:
        """This record as a message: `{"films": {id: [rating, page time in Unix milliseconds, fingerprint]}}`."""
        films = {
            id: [film.rating, round(film.page_time.timestamp() * 1000), film.fingerprint]
            for id, film in self.films.items()
        }
        return Envelope({SCHEMA: "director/1"}, orjson.dumps({"films": films}))

    @classmethod
    def decode(cls, envelope: Envelope) -> Self:
        """Read a record from a message.

        Raises:
            Invalid: not such a record.
        """
        require_schema(envelope, "director", newest=1)
        try:
            films = orjson.loads(envelope.body)["films"]
            return cls({id: Contribution(rating, _time(time), print) for id, (rating, time, print) in films.items()})
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise Invalid(f"director record: {error}") from error


def key(director: Person) -> str:
    """Under which key the director's record is: the `nm` id, else a hash of the folded name (keys take no accents)."""
    if director.id:
        return director.id
    letters = unicodedata.normalize("NFKD", director.name).casefold()
    folded = " ".join("".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c)).split())
    return "name-" + hashlib.sha256(folded.encode()).hexdigest()[:24]


_NOBODY = "nobody-"


def nobody(id: str) -> str:
    """Under which key a film that no director is known of is recorded, so that the time of its page is known."""
    return _NOBODY + id


def is_director(key: str) -> bool:
    """Whether a key is a director's."""
    return not key.startswith(_NOBODY)


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
