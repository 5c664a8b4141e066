"""The stages, in order: a page -> parse -> validate -> a film, and, once its director's facts are known, enrich.

Pure: everything that a stage must know comes in as an argument. `worker` gathers the facts and stores the result.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from cinestream.contracts import Movie, NamedDirectorStats
from cinestream_etl import directors
from cinestream_etl.catalogue import Catalogue
from cinestream_etl.directors import Contribution, Record
from cinestream_etl.stages.enrich import enrich
from cinestream_etl.stages.fingerprint import facts, fingerprint
from cinestream_etl.stages.parse import Disagreement, parse
from cinestream_etl.stages.title import ParsedTitle
from cinestream_etl.stages.validate import validate
from cinestream_etl.tone.model import Hear, tone


@dataclass(frozen=True)
class Film:
    """A validated film, the time of its page, from which layout each field came, and where the layouts disagree.

    `hear` hears the tone of its plot.
    """

    title: ParsedTitle
    page_time: datetime
    sources: Mapping[str, str]
    disagreements: tuple[Disagreement, ...] = ()
    hear: Hear = tone

    @property
    def id(self) -> str:
        """The title id."""
        return self.title.id

    @property
    def contribution(self) -> Contribution:
        """What it adds to the record of each of its directors."""
        return Contribution(self.title.rating, self.page_time, self.fingerprint)

    @cached_property
    def fingerprint(self) -> str:
        """The same for two pages that say the same of the film."""
        return fingerprint(self.facts, self.director_keys)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What the movie says of the film itself, as it is on the wire."""
        return facts(self._alone.model_dump(mode="json"))

    @cached_property
    def director_keys(self) -> tuple[str, ...]:
        """The keys of its directors' records, the first director's first."""
        return tuple(dict.fromkeys(directors.key(person) for person in self.title.directors))

    @property
    def record_keys(self) -> tuple[str, ...]:
        """The keys of the records that know this film: its directors', else one of its own."""
        return self.director_keys or (directors.nobody(self.id),)

    def movie(self, records: Mapping[str, Record], catalogue: Catalogue | None = None) -> Movie:
        """The movie of this film, given the records of its directors by their keys, and the films that are known."""
        known = [(person, records[directors.key(person)].stats) for person in self.title.directors]
        stats = [
            NamedDirectorStats(name=person.name, id=person.id, **found.model_dump()) for person, found in known if found
        ]
        news: dict[str, Any] = {"director_stats": known[0][1] if known else None, "directors_stats": stats}
        if catalogue and not self.title.recommendations and (nearest := catalogue.nearest(self._alone)):
            news |= {"recommendations": nearest, "recommendations_source": "catalogue"}
        return self._alone.model_copy(update=news)

    @cached_property
    def _alone(self) -> Movie:
        return enrich(self.title, self.hear)


@dataclass(frozen=True)
class Filtered:
    """A page that is right, but not of a film: `kind` is what it is of (`tvSeries`, …)."""

    id: str
    kind: str


def read_page(html: bytes, *, requested: str | None, page_time: datetime, hear: Hear = tone) -> Film | Filtered:
    """Make a film of a page, given as UTF-8.

    Raises:
        Invalid: it is no title page, that of another title than `requested`, or a value breaks its rule.
    """
    parsed = parse(html)
    title = validate(parsed.title, requested=requested)
    if not title.is_film:
        return Filtered(title.id, title.kind)
    # Times on the wire have milliseconds: what is compared later must not have more.
    page_time = page_time.replace(microsecond=page_time.microsecond // 1000 * 1000)
    return Film(title, page_time, parsed.sources, parsed.disagreements, hear)


def only_film(film: Film) -> Movie:
    """The movie as if this were the only film that is known."""
    record = Record({film.id: film.contribution})
    return film.movie(dict.fromkeys(film.director_keys, record))
