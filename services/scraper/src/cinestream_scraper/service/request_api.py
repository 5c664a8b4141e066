"""The micro service `cinestream-scraper`: who asks for a page is told at once what becomes of it.

nats request cinestream.ask.scraper.scrape tt0111161
{"target":"tt0111161","answer":"queued","why":""}
"""

from dataclasses import dataclass
from enum import StrEnum

import anyio
import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from cinestream.bus import topology
from cinestream.bus.jetstream import Bus
from cinestream.contracts import Invalid, Lane, ScrapeRequest, Transient
from cinestream_scraper.crawl import freshness, schedule
from cinestream_scraper.politeness.host import Host
from cinestream_scraper.settings import ScraperSettings

SERVICE = "cinestream-scraper"
VERSION = "1.0.0"
"""Of the question and the answer, which are a contract."""


_PATIENCE = 1.0
"""Seconds for what an answer can do without, what a site allows and what the queue holds: who asks is answered soon."""


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
            raise Invalid(f"no question: {_fault(error)}") from error


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
            with anyio.fail_after(_PATIENCE):
                await self.host.require_allowed(self.settings.site.address(request))
        except Invalid as error:
            return Answer.REFUSED, str(error)
        except TimeoutError:
            why = "the site has not said yet what its robots.txt allows"
        except Transient as error:
            why = str(error)  # its robots.txt cannot be had now, which the queue can wait for
        else:
            why = "; ".join(self.host.degraded())
        if not request.force and not request.follows_links:  # what a fresh page leads to may not be fresh
            page = await freshness.fresh(self.bus, request, self.settings.scraper_fresh_for)
            if page:
                return Answer.FRESH, f"read {freshness.age(page):.0f} s ago"
        if await schedule.enqueue(self.bus, request):
            return Answer.QUEUED, why
        return Answer.ALREADY_QUEUED, await self._less_than(request) or why

    async def _less_than(self, request: ScrapeRequest) -> str:
        """What the queue holds of the target, if that asks for less than this request, and it can be known."""
        try:
            with anyio.fail_after(_PATIENCE):  # where the queue may not be read, NATS says nothing at all
                stored = await self.bus.last_message(topology.REQUESTS, request.subject)
            queued = ScrapeRequest.decode(stored.envelope) if stored else request
        except (Invalid, Transient, TimeoutError):
            return ""
        less = [
            *([f"limit {queued.limit}"] if queued.max_titles < request.max_titles and request.follows_links else []),
            *([f"depth {queued.depth}"] if queued.depth < request.depth else []),
            *(["not forced"] if request.force and not queued.force else []),
        ]
        return f"with {', '.join(less)}: ask again when it is read" if less else ""


def _fault(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    (first, *_) = error.errors()
    return ": ".join([*map(str, first["loc"]), first["msg"]])
