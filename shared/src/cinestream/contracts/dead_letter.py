"""`DeadLetter`: a message that nobody could handle, kept whole, with the reason."""

from typing import Self

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from cinestream.contracts import subjects
from cinestream.contracts.envelope import SCHEMA, Envelope, require_schema
from cinestream.contracts.errors import Invalid

MAX_TEXT = 16_000
"""Reason and traceback are cut to this many characters each: the original is what must survive whole."""


class DeadLetter(BaseModel):
    """The original message, the stage that gave up, and why.

    On the wire the body is the original's, byte for byte; everything else is one JSON header, so that a
    message of the maximum size still fits. `snapshot` names the object of the bucket `snapshots` that shows what
    failed; it may be gone before the letter is.
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
        """The message as it was, to be published again on `original_subject`."""
        return Envelope(dict(self.original_headers), self.original_body)

    @property
    def subject(self) -> str:
        """Where this dead letter is stored."""
        return subjects.dead(self.stage)

    def encode(self) -> Envelope:
        """This dead letter as a message."""
        facts = self.model_copy(update={"reason": self.reason[:MAX_TEXT], "traceback": self.traceback[-MAX_TEXT:]})
        # JSON with escapes is ASCII on one line, which is all that a header value may be.
        line = facts.model_dump_json(exclude={"original_body"}, ensure_ascii=True)
        return Envelope({SCHEMA: "dead-letter/1", "Cinestream-Dead-Letter": line}, self.original_body)

    @classmethod
    def decode(cls, envelope: Envelope) -> Self:
        """Read a dead letter from a message.

        Raises:
            Invalid: not a dead letter.
        """
        require_schema(envelope, "dead-letter", newest=1)
        try:
            facts = orjson.loads(envelope.headers.get("Cinestream-Dead-Letter", ""))
            return cls.model_validate({**facts, "original_body": envelope.body})
        except (ValidationError, ValueError, TypeError) as error:
            raise Invalid(f"dead letter: {error}") from error
