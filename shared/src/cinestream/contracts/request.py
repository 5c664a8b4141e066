"""`ScrapeRequest`, the request to read a page."""

import re
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cinestream.contracts import subjects
from cinestream.contracts.envelope import SCHEMA, Envelope, require_schema
from cinestream.contracts.errors import Invalid
from cinestream.contracts.kinds import MAX_ROWS, Kind, Lane
from cinestream.contracts.lists import LIST_ID, list_id_of, list_path
from cinestream.contracts.search import MAX_QUERY, search_id, search_query, title_search
from cinestream_flow.message import Message

TITLE_ID = re.compile(r"tt\d{7,10}")
CHART_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_TITLE_URL = re.compile(r"https?://[^/?#]+/(?:[a-z]{2}(?:-[a-z]{2,3})?/)?title/(tt\d{7,10})(?:[/?#]|$)")
_CHART_URL = re.compile(r"https?://[^/?#]+/(?:[a-z]{2}(?:-[a-z]{2,3})?/)?chart/([a-z0-9-]+)(?:[/?#]|$)")
_IDS = {Kind.TITLE: TITLE_ID, Kind.CHART: CHART_NAME, Kind.LIST: LIST_ID}
_URLS = {Kind.TITLE: _TITLE_URL, Kind.CHART: _CHART_URL}
MAX_TARGET = 4_000
"""Characters of a target, which may be a URL with parameters that are ignored."""


class ScrapeRequest(BaseModel):
    """A request to read a title (`tt0111161`), a chart (`top`), a list (`ls055592025`), or a search.

    A second request for a target is refused as "already queued" until the first one is handled.

    Args:
        kind: Kind of the page.
        id: Id of the page. The id of a search is made from its query.
        lane: Lane of the work queue.
        force: True reads the page even if a fresh one is stored.
        limit: Maximum number of titles that a page and its further pages lead to. None means `MAX_ROWS`.
        depth: Steps of "more like this" that are followed from each title.
        before: Number of titles on the earlier pages of the list.
        after: First title of the page before this one.
        query: Path and query of a search (`/find/?q=matrix&s=tt`).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Kind
    id: Annotated[str, Field(max_length=100)]
    lane: Lane = Lane.CRAWL
    force: bool = False
    limit: Annotated[int, Field(ge=1, le=MAX_ROWS)] | None = None
    depth: Annotated[int, Field(ge=0, le=5)] = 0
    before: Annotated[int, Field(ge=0)] = 0
    after: Annotated[str, Field(max_length=100)] = ""
    query: Annotated[str, Field(max_length=MAX_QUERY)] = ""

    @model_validator(mode="after")
    def _id_fits_kind(self) -> Self:
        if self.kind is Kind.SEARCH:
            if search_query(self.query) != self.query or self.id != search_id(self.query):
                raise ValueError(f"{self.query!r} is not the search {self.id!r}")
            return self
        pattern = _IDS[self.kind]
        if not pattern.fullmatch(self.id):
            raise ValueError(f"{self.id!r} is not the id of a {self.kind.value} (expected {pattern.pattern})")
        return self

    @property
    def subject(self) -> str:
        """The subject of this request."""
        return subjects.request(self.lane, self.kind, self.id)

    @property
    def target(self) -> str:
        """The target in the short form that people type, `tt0111161`, `chart:top`, `search:/find/?q=matrix`."""
        return self.id if self.kind is Kind.TITLE else f"{self.kind.value}:{self.query or self.id}"

    @property
    def path(self) -> str:
        """The path and query of the page on the site."""
        return path_of(self.kind, self.id) if self.kind is not Kind.SEARCH else self.query

    @property
    def max_titles(self) -> int:
        """The number of titles that the request may lead to."""
        return self.limit or MAX_ROWS

    @property
    def follows_links(self) -> bool:
        """True if the request leads to other titles. Only a title without depth does not."""
        return self.kind is not Kind.TITLE or self.depth > 0

    @classmethod
    def of(
        cls, target: str, *, lane: Lane = Lane.CRAWL, force: bool = False, limit: int | None = None, depth: int = 0
    ) -> Self:
        """Return the request for a target that a person typed.

        Args:
            target: `tt0111161`, `chart:top`, `list:ls055592025`, `search:matrix`, or the URL of one of these.
            lane: Lane of the work queue.
            force: True reads the page even if a fresh one is stored.
            limit: Maximum number of titles that the request leads to.
            depth: Steps of "more like this" that are followed from each title.

        Raises:
            Invalid: The text is not a target, or a number is outside of its limits.
        """
        if len(target) > MAX_TARGET:
            raise Invalid(
                Message(
                    "the limit of a target is {limit:,} characters, and this one has {count:,}",
                    limit=MAX_TARGET,
                    count=len(target),
                )
            )
        kind, id, query = _named(target.strip())
        try:
            return cls(kind=kind, id=id, query=query, lane=lane, force=force, limit=limit, depth=depth)
        except ValidationError as error:
            (first, *_) = error.errors()
            if first["loc"]:  # the limits of one field; an error of the whole model has no location
                raise Invalid(
                    Message(
                        "{field} {value}: {error}",
                        field=first["loc"][0],
                        value=first["input"],
                        error=first["msg"].lower(),
                    )
                ) from error
            raise Invalid(
                Message(
                    "{target!r} is not a target: expected tt0111161, chart:top, list:ls055592025, search:TEXT, or the "
                    "URL of one",
                    target=target,
                )
            ) from error

    def encode(self) -> Envelope:
        """Return this request as a message."""
        return Envelope({SCHEMA: "scrape-request/1"}, self.model_dump_json(exclude_defaults=True).encode())

    @classmethod
    def decode(cls, envelope: Envelope) -> Self:
        """Return the request in a message.

        Raises:
            Invalid: The message is not a scrape request, or its fields are wrong.
        """
        require_schema(envelope, "scrape-request", newest=1)
        try:
            return cls.model_validate_json(envelope.body)
        except ValidationError as error:
            raise Invalid(Message("scrape request: {error}", error=error)) from error


def path_of(kind: Kind, id: str) -> str:
    """Return the path of a title, a chart or a list on the site."""
    return list_path(id) if kind is Kind.LIST else f"/{kind.value}/{id}/"


def _named(text: str) -> tuple[Kind, str, str]:
    """Return kind, id and query of a target. A text of no other kind counts as the id of a title."""
    for kind in (Kind.CHART, Kind.LIST):
        if text.startswith(f"{kind.value}:"):
            return kind, text.partition(":")[2], ""
    for kind, url in _URLS.items():
        if match := url.match(text):
            return kind, match[1], ""
    if text.startswith("http") and (id := list_id_of(text)):
        return Kind.LIST, id, ""
    query = search_query(text) if text.startswith("http") else None
    if text.startswith("search:"):
        words = text.removeprefix("search:").strip()
        query = search_query(words) if words.startswith("/") else title_search(words) if words else None
    return (Kind.SEARCH, search_id(query), query) if query else (Kind.TITLE, text, "")
