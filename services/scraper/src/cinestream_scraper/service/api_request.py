"""The request and the answer of the request API. They need neither a browser nor the site."""

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from cinestream.contracts import Invalid, Lane
from cinestream_flow.message import Message

_MAX_BYTES = 8_000


class RequestStatus(StrEnum):
    """The field `answer`: the scraper's decision on a request."""

    QUEUED = Message("queued")
    ALREADY_QUEUED = Message("already queued")
    FRESH = Message("fresh")
    REFUSED = Message("refused")


class ApiRequest(BaseModel):
    """A request for a page: a JSON object of these fields, or the target alone as text.

    The lane is `now` by default, because the client waits for the page.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: str
    lane: Lane = Lane.NOW
    force: bool = False
    limit: int | None = None
    depth: int = 0

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Return the request in a message body.

        Raises:
            Invalid: the body is not a request.
        """
        if len(body) > _MAX_BYTES:
            raise Invalid(
                Message(
                    "not a request: the limit is {limit:,} bytes, and this one has {count:,}",
                    limit=_MAX_BYTES,
                    count=len(body),
                )
            )
        try:
            text = body.decode().strip()
            return cls.model_validate_json(text) if text.startswith("{") else cls(target=text)
        except ValueError as error:
            raise Invalid(Message("not a request: {error}", error=_first_fault(error))) from error


def _first_fault(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    (first, *_) = error.errors()
    return ": ".join([*map(str, first["loc"]), first["msg"]])
