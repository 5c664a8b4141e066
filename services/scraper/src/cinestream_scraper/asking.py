"""The micro service `cinestream-scraper`: who asks for a page is told at once what becomes of it.

nats request cinestream.ask.scraper.scrape tt0111161
{"target":"tt0111161","answer":"queued","why":""}
"""

from dataclasses import dataclass
from enum import StrEnum

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from cinestream.bus.jetstream import Bus
from cinestream.contracts import Invalid, Lane, ScrapeRequest, Transient
from cinestream_scraper import freshness, refresh
from cinestream_scraper.host import Host
from cinestream_scraper.settings import ScraperSettings

SERVICE = "cinestream-scraper"
VERSION = "1.0.0"
"""Of the question and the answer, which are a contract."""


class Answer(StrEnum):
    """What becomes of a request."""

    QUEUED = "queued"
    ALREADY_QUEUED = "already queued"
    FRESH = "fresh"
    REFUSED = "refused"


class Question(BaseModel):
    """What is asked: an object of these fields, or the target alone as text. Who asks waits: the lane is `now`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: str
    lane: Lane = Lane.NOW
    force: bool = False
    limit: int | None = None
    depth: int = 0

    @classmethod
    def read(cls, body: bytes) -> "Question":
        """Read a question.

        Raises:
            Invalid: it is none.
        """
        try:
            text = body.decode().strip()
            return cls.model_validate_json(text) if text.startswith("{") else cls(target=text)
        except ValueError as error:
            reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
            raise Invalid(f"no question: {reason}") from error


@dataclass(frozen=True)
class Asking:
    """What answers."""

    settings: ScraperSettings
    bus: Bus
    host: Host

    async def answer(self, body: bytes) -> bytes:
        """The answer to a question, as JSON: `target`, `answer`, and `why` in words.

        Raises:
            Invalid: what is asked cannot be read.
            Transient: the bus does not answer.
        """
        question = Question.read(body)
        answer, why = await self.decide(question)
        return orjson.dumps({"target": question.target, "answer": answer, "why": why})

    async def decide(self, question: Question) -> tuple[Answer, str]:
        """Queue what is asked for, if that is any use; what became of it, and why.

        Raises:
            Transient: the bus does not answer.
        """
        try:
            self.settings.site.require_named(question.target)
            request = ScrapeRequest.of(
                question.target, lane=question.lane, force=question.force, limit=question.limit, depth=question.depth
            )
            await self.host.require_allowed(self.settings.site.address(request))
        except Invalid as error:
            return Answer.REFUSED, str(error)
        except Transient as error:
            why = str(error)  # its robots.txt cannot be had now, which the queue can wait for
        else:
            why = "; ".join(self.host.degraded())
        if not request.force and not request.depth:  # what is like a fresh page may not be fresh
            seconds = await freshness.age(self.bus, request)
            if seconds is not None and seconds < self.settings.scraper_fresh_for:
                return Answer.FRESH, f"read {seconds:.0f} s ago"
        return (Answer.QUEUED if await refresh.enqueue(self.bus, request) else Answer.ALREADY_QUEUED), why
