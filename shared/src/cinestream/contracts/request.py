"""`ScrapeRequest`: what somebody wants to have read."""

import re
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cinestream.contracts import subjects
from cinestream.contracts.envelope import SCHEMA, Envelope, require_schema
from cinestream.contracts.errors import Invalid
from cinestream.contracts.lists import LIST_ID, list_of, list_path
from cinestream.contracts.search import search_for, search_id, search_of

TITLE_ID = re.compile(r"tt\d{7,10}")
CHART_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_TITLE_URL = re.compile(r"https?://[^/?#]+/(?:[a-z]{2}(?:-[a-z]{2,3})?/)?title/(tt\d{7,10})(?:[/?#]|$)")
_CHART_URL = re.compile(r"https?://[^/?#]+/(?:[a-z]{2}(?:-[a-z]{2,3})?/)?chart/([a-z0-9-]+)(?:[/?#]|$)")


class Kind(StrEnum):
    """The kind of page that is asked for."""

    TITLE = "title"
    CHART = "chart"
    SEARCH = "search"
    LIST = "list"


_IDS = {Kind.TITLE: TITLE_ID, Kind.CHART: CHART_NAME, Kind.LIST: LIST_ID}
_URLS = {Kind.TITLE: _TITLE_URL, Kind.CHART: _CHART_URL}
MAX_ROWS = 10_000


class Lane(StrEnum):
    """The lane of the work queue: people who wait go before the crawl."""

    NOW = "now"
    CRAWL = "crawl"


class ScrapeRequest(BaseModel):
    """A page to read: a title (`tt0111161`), a chart (`top`), a list (`ls055592025`), or a search.

    A search has its path and query in `query` (`/find/?q=matrix&s=tt`), and the `id` that these give it.
    `force` reads it even when a fresh page is stored. `limit` bounds how many titles a page, and those that it goes on
    by, lead to; `before` is how many the pages before it had, `after` the first title of the last of them. `depth` is
    how many steps of "more like this" are taken from each title.
    Asking twice for the same target while it is queued or in hand is answered "already queued".
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Kind
    id: str
    lane: Lane = Lane.CRAWL
    force: bool = False
    limit: Annotated[int, Field(ge=1, le=MAX_ROWS)] | None = None
    depth: Annotated[int, Field(ge=0, le=5)] = 0
    before: Annotated[int, Field(ge=0)] = 0
    after: str = ""
    query: str = ""

    @model_validator(mode="after")
    def _id_fits_kind(self) -> Self:
        if self.kind is Kind.SEARCH:
            if search_of(self.query) != self.query or self.id != search_id(self.query):
                raise ValueError(f"{self.query!r} is not the search {self.id!r}")
            return self
        pattern = _IDS[self.kind]
        if not pattern.fullmatch(self.id):
            raise ValueError(f"{self.id!r} is not the id of a {self.kind.value} (expected {pattern.pattern})")
        return self

    @property
    def subject(self) -> str:
        """Where this request is queued."""
        return subjects.request(self.lane, self.kind, self.id)

    @property
    def target(self) -> str:
        """The target in the short form that people type: `tt0111161`, `chart:top`, `search:/find/?q=matrix`."""
        return self.id if self.kind is Kind.TITLE else f"{self.kind.value}:{self.query or self.id}"

    @property
    def path(self) -> str:
        """Where its page is on the site: path and query."""
        return path_of(self.kind, self.id) if self.kind is not Kind.SEARCH else self.query

    @property
    def max_titles(self) -> int:
        """How many titles it may lead to."""
        return self.limit or MAX_ROWS

    @property
    def follows_links(self) -> bool:
        """Whether other titles are asked for by it: all but a title alone."""
        return self.kind is not Kind.TITLE or self.depth > 0

    @classmethod
    def of(
        cls, target: str, *, lane: Lane = Lane.CRAWL, force: bool = False, limit: int | None = None, depth: int = 0
    ) -> Self:
        """Make a request from what people type.

        That is `tt0111161`, `chart:top`, `list:ls055592025`, `search:matrix`, or the URL of one of these.

        Raises:
            Invalid: the text names none of them, or a number is out of its bounds.
        """
        kind, id, query = _named(target.strip())
        try:
            return cls(kind=kind, id=id, query=query, lane=lane, force=force, limit=limit, depth=depth)
        except ValidationError as error:
            (first, *_) = error.errors()
            if first["loc"]:  # a field's own bounds; what does not fit together has none
                raise Invalid(f"{first['loc'][0]} {first['input']}: {first['msg'].lower()}") from error
            forms = "tt0111161, chart:top, list:ls055592025, search:TEXT, or the URL of one"
            raise Invalid(f"{target!r} is no target: expected {forms}") from error

    def encode(self) -> Envelope:
        """This request as a message."""
        return Envelope({SCHEMA: "scrape-request/1"}, self.model_dump_json(exclude_defaults=True).encode())

    @classmethod
    def decode(cls, envelope: Envelope) -> Self:
        """Read a request from a message.

        Raises:
            Invalid: not a scrape request, or one whose fields are wrong.
        """
        require_schema(envelope, "scrape-request", newest=1)
        try:
            return cls.model_validate_json(envelope.body)
        except ValidationError as error:
            raise Invalid(f"scrape request: {error}") from error


def path_of(kind: Kind, id: str) -> str:
    """Where the page of a title, a chart or a list is on the site."""
    return list_path(id) if kind is Kind.LIST else f"/{kind.value}/{id}/"


def _named(text: str) -> tuple[Kind, str, str]:
    """Kind, id and query of what people type; what is nothing else is taken for a title's id."""
    for kind in (Kind.CHART, Kind.LIST):
        if text.startswith(f"{kind.value}:"):
            return kind, text.partition(":")[2], ""
    for kind, url in _URLS.items():
        if match := url.match(text):
            return kind, match[1], ""
    if text.startswith("http") and (id := list_of(text)):
        return Kind.LIST, id, ""
    query = search_of(text) if text.startswith("http") else None
    if text.startswith("search:"):
        words = text.removeprefix("search:").strip()
        query = search_of(words) if words.startswith("/") else search_for(words) if words else None
    return (Kind.SEARCH, search_id(query), query) if query else (Kind.TITLE, text, "")
