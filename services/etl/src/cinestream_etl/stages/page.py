"""The first stage: read the HTML of a page, parse it and validate the title. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from cinestream.contracts.director import director_key
from cinestream_etl.directors import key_without_director
from cinestream_etl.stages.parse import Disagreement, parse
from cinestream_etl.stages.title import ParsedTitle
from cinestream_etl.stages.validate import validate


@dataclass(frozen=True)
class TitlePage:
    """A page of a title of any kind, parsed and validated.

    `page_time` is the time at which the page was read, in whole milliseconds. `sources` names the layout that gave each
    field. `disagreements` are the fields in which two layouts of the page differ.
    """

    title: ParsedTitle
    page_time: datetime
    sources: Mapping[str, str]
    disagreements: tuple[Disagreement, ...] = ()

    @property
    def id(self) -> str:
        """The title id."""
        return self.title.id

    @property
    def kind(self) -> str:
        """IMDb's id of the kind of title (`movie`, `tvSeries`, …)."""
        return self.title.kind

    @property
    def is_film(self) -> bool:
        """True if the title is a film of any kind."""
        return self.title.is_film

    @cached_property
    def director_keys(self) -> tuple[str, ...]:
        """The keys of the directors' records, in the order of the credits."""
        return tuple(dict.fromkeys(director_key(person.name, person.id) for person in self.title.directors))

    @property
    def record_keys(self) -> tuple[str, ...]:
        """The keys of all records that hold this film: those of its directors, or else one of its own."""
        return self.director_keys or (key_without_director(self.id),)


def read_page(html: bytes, *, requested: str | None, page_time: datetime) -> TitlePage:
    """Parse and validate a page, given as UTF-8.

    Args:
        html: the page.
        requested: the id of the title that was requested, or None to accept any title.
        page_time: the time at which the page was read.

    Raises:
        Invalid: this is not a title page, it is the page of another title than `requested`, or a value breaks its rule.
    """
    parsed = parse(html)
    title = validate(parsed.title, requested=requested)
    # Times on the wire have milliseconds. A more precise time here would look newer than its own stored version.
    page_time = page_time.replace(microsecond=page_time.microsecond // 1000 * 1000)
    return TitlePage(title, page_time, parsed.sources, parsed.disagreements)
