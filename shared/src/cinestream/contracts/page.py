"""`RawPage`, a page as the browser loaded it, and `PageHeaders`, the facts about it without its HTML."""

import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Self, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from cinestream.contracts import subjects
from cinestream.contracts.envelope import SCHEMA, Envelope, header_time, require_schema
from cinestream.contracts.errors import Invalid
from cinestream.contracts.kinds import Kind
from cinestream_flow.message import Message

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_PAGE_BYTES = 10_000_000
"""Limit of a decompressed page. A larger one is refused, because it may be a zstd bomb."""


P = TypeVar("P", bound=BaseModel)


class Outcome(StrEnum):
    """The outcome of reading a page.

    Only the first four outcomes have HTML. The others record that there is nothing to read, so that the target counts
    as fresh too.
    """

    FILM = "film"
    CHART = "chart"
    SEARCH = "search"
    LIST = "list"
    OTHER_KIND = "other-kind"
    NOT_FOUND = "not-found"
    MOVED = "moved"


class PageHeaders(BaseModel):
    """The facts about a page, which are the headers of its message.

    `url` is the requested address and `final_url` the address that answered. `status` is the HTTP status of the
    document. `fetched_at` is the time (UTC) at which the page was taken from the browser. `layout` is a hint about its
    layout and may be wrong.
    """

    model_config = ConfigDict(frozen=True)

    kind: Kind
    id: str
    outcome: Outcome
    url: str
    final_url: str
    status: Annotated[int, Field(ge=100, le=599)]
    fetched_at: AwareDatetime
    layout: str = ""

    @property
    def subject(self) -> str:
        """The subject of this page."""
        return subjects.page(self.kind, self.id)

    @classmethod
    def decode(cls, envelope: Envelope) -> Self:
        """Return the facts in the headers of a message. The body is not read.

        Raises:
            Invalid: The message is not a raw page, or a header is wrong.
        """
        return _validated(cls, _facts(envelope))


class RawPage(PageHeaders):
    """A complete page with its dynamic parts.

    `html` has at most `MAX_PAGE_BYTES` bytes as UTF-8. It is empty for an outcome without a body.
    """

    html: str = ""

    def encode(self) -> Envelope:
        """Return this page as a message with the facts as headers and the HTML as a zstd body.

        Raises:
            Invalid: The HTML is larger than `MAX_PAGE_BYTES`.
        """
        html = self.html.encode("utf-8", "replace")
        if len(html) > MAX_PAGE_BYTES:
            raise Invalid(
                Message(
                    "page {url}: {size:,} bytes, more than {limit:,}",
                    url=self.url,
                    size=len(html),
                    limit=MAX_PAGE_BYTES,
                )
            )
        headers = {
            SCHEMA: "raw-page/1",
            "Cinestream-Kind": self.kind.value,
            "Cinestream-Id": self.id,
            "Cinestream-Outcome": self.outcome.value,
            "Cinestream-Url": _ascii(self.url),
            "Cinestream-Final-Url": _ascii(self.final_url),
            "Cinestream-Status": str(self.status),
            "Cinestream-Fetched-At": self.fetched_at.astimezone(UTC).isoformat(timespec="milliseconds"),
            "Cinestream-Layout": _ascii(self.layout),
        }
        return Envelope(headers, zstd.compress(html) if html else b"")

    @classmethod
    def decode(cls, envelope: Envelope) -> Self:
        """Return the page in a message.

        Raises:
            Invalid: The message is not a raw page, is damaged, or is larger than `MAX_PAGE_BYTES` when decompressed.
        """
        facts = _facts(envelope)
        return _validated(cls, {**facts, "html": html_bytes(envelope).decode("utf-8", "replace")})


def _facts(envelope: Envelope) -> dict[str, str | None]:
    require_schema(envelope, "raw-page", newest=1)
    headers = envelope.headers
    return {
        "kind": headers.get("Cinestream-Kind"),
        "id": headers.get("Cinestream-Id"),
        "outcome": headers.get("Cinestream-Outcome"),
        "url": headers.get("Cinestream-Url"),
        "final_url": headers.get("Cinestream-Final-Url"),
        "status": headers.get("Cinestream-Status"),
        "fetched_at": headers.get("Cinestream-Fetched-At"),
        "layout": headers.get("Cinestream-Layout") or "",
    }


def _validated(model: type[P], facts: dict[str, str | None]) -> P:
    try:
        return model.model_validate(facts)
    except ValidationError as error:
        raise Invalid(Message("raw page: {error}", error=error)) from error


def fetched_at(headers: dict[str, str]) -> datetime | None:
    """Return the time at which a page was read, or None if the headers do not contain it."""
    return header_time(headers, "Cinestream-Fetched-At")


def html_bytes(envelope: Envelope) -> bytes:
    """Return the HTML in a message as UTF-8, for readers that do not need it as text.

    Raises:
        Invalid: The body is damaged, or larger than `MAX_PAGE_BYTES` when decompressed.
    """
    if not envelope.body:
        return b""
    decompressor = zstd.ZstdDecompressor()
    try:
        html = decompressor.decompress(envelope.body, max_length=MAX_PAGE_BYTES + 1)
    except zstd.ZstdError as error:
        raise Invalid(Message("raw page: the body is not zstd ({error})", error=error)) from error
    if len(html) > MAX_PAGE_BYTES:
        raise Invalid(Message("raw page: more than {limit:,} bytes when decompressed", limit=MAX_PAGE_BYTES))
    if not decompressor.eof:
        raise Invalid(Message("raw page: the body is cut off"))
    return html


def _ascii(text: str) -> str:
    # A line break would end the header value, and NATS clients differ in characters outside of ASCII.
    return "".join(c if " " <= c <= "~" else f"%{ord(c):02X}" if ord(c) < 256 else "?" for c in text).strip()
