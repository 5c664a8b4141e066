"""`DeadLetter`, a complete message that could not be handled, with the reason."""

from typing import Self

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from cinestream.contracts import subjects
from cinestream.contracts.envelope import SCHEMA, Envelope, require_schema
from cinestream.contracts.errors import Invalid
from cinestream_flow.message import Message

MAX_TEXT = 16_000
"""Limit of the reason and of the traceback in characters. The original message is never cut."""


class DeadLetter(BaseModel):
    """The original message, the stage that gave up, and the reason.

    The encoded message has the body of the original, byte for byte. Everything else is one JSON header, so that a
    message of the maximum size still fits. `snapshot` names an object of the bucket `snapshots` that shows the failed
    page. The object may be removed before the dead letter is.
    """

    model_config = ConfigDict(frozen=True)

    stage: str
    reason: str
    traceback: str = ""
    deliveries: int
    died_at: AwareDatetime
    original_subject: str
    original_headers: dict[str, str]
    original_body: bytes
    snapshot: str | None = None

    @property
    def original(self) -> Envelope:
        """The original message, to be published again on `original_subject`."""
        return Envelope(dict(self.original_headers), self.original_body)

    @property
    def subject(self) -> str:
        """The subject of this dead letter."""
        return subjects.dead(self.stage)

    def encode(self) -> Envelope:
        """Return this dead letter as a message."""
        facts = self.model_copy(update={"reason": self.reason[:MAX_TEXT], "traceback": self.traceback[-MAX_TEXT:]})
        # A header value must be one line of ASCII. JSON with escapes is.
        line = facts.model_dump_json(exclude={"original_body"}, ensure_ascii=True)
        return Envelope({SCHEMA: "dead-letter/1", "Cinestream-Dead-Letter": line}, self.original_body)

    @classmethod
    def decode(cls, envelope: Envelope) -> Self:
        """Return the dead letter in a message.

        Raises:
            Invalid: The message is not a dead letter.
        """
        require_schema(envelope, "dead-letter", newest=1)
        try:
            facts = orjson.loads(envelope.headers.get("Cinestream-Dead-Letter", ""))
            return cls.model_validate({**facts, "original_body": envelope.body})
        except (ValidationError, ValueError, TypeError) as error:
            raise Invalid(Message("dead letter: {error}", error=error)) from error
