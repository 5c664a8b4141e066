"""The verdict on a reading, and the action that follows from it: one function and one table. Pure.

Only the whole page of the target is ever a film, a chart, a search or a list: the status, the final address and all
statements of the page about itself must agree.
"""

from enum import StrEnum
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from cinestream.contracts import Kind, Outcome
from cinestream_flow.message import Message
from cinestream_scraper.pages.identity import NOTHING, Identity, Shape
from cinestream_scraper.pages.reading import Reading
from cinestream_scraper.pages.targets import Target, target_of


class Verdict(StrEnum):
    """The classes of readings."""

    FILM = "film"
    CHART = "chart"
    SEARCH = "search"
    LIST = "list"
    OTHER_KIND = "other-kind"
    NOT_FOUND = "not-found"
    MOVED = "moved"
    CONSENT = "consent"
    CHALLENGE = "challenge"
    RATE_LIMITED = "rate-limited"
    SERVER_ERROR = "server-error"
    INCOMPLETE = "incomplete"
    WRONG_PAGE = "wrong-page"
    BLOCKED = "blocked"


class Action(StrEnum):
    """The action that follows from a verdict.

    Attributes:
        PUBLISH: publish the page, with the outcome of the same name.
        LATER: try again a few times, then store the request as a dead letter.
        PAUSE: pause the host, then try again.
    """

    PUBLISH = "publish"
    LATER = "later"
    PAUSE = "pause"


ACTIONS: dict[Verdict, Action] = {
    Verdict.FILM: Action.PUBLISH,
    Verdict.CHART: Action.PUBLISH,
    Verdict.SEARCH: Action.PUBLISH,
    Verdict.LIST: Action.PUBLISH,
    Verdict.OTHER_KIND: Action.PUBLISH,
    Verdict.NOT_FOUND: Action.PUBLISH,
    Verdict.MOVED: Action.PUBLISH,
    Verdict.CONSENT: Action.LATER,
    Verdict.SERVER_ERROR: Action.LATER,
    Verdict.INCOMPLETE: Action.LATER,
    Verdict.WRONG_PAGE: Action.LATER,
    Verdict.RATE_LIMITED: Action.PAUSE,
    Verdict.CHALLENGE: Action.PAUSE,
    Verdict.BLOCKED: Action.PAUSE,
}


class Judgement(NamedTuple):
    """A verdict, the reason for it in words, and the identity of the page."""

    verdict: Verdict
    why: str
    identity: Identity = NOTHING

    @property
    def action(self) -> Action:
        """The action that follows."""
        return ACTIONS[self.verdict]

    @property
    def outcome(self) -> Outcome:
        """The outcome to publish. Only for verdicts whose action is PUBLISH."""
        return Outcome(self.verdict.value)


_CHALLENGE = ("gokuProps", "AwsWafIntegration", "awswaf.com", "awsWafCaptcha")
_CONSENT = ('data-testid="consent-wall"', "sp_message_iframe", "consent-page", 'id="consent')
_QUOTED = 100
_GONE = frozenset({404, 410})
_FORBIDDEN = frozenset({401, 402, 403, 405, 451})


def judge(reading: Reading, target: Target) -> Judgement:
    """Return the verdict on a reading of the target's page."""
    return _by_status(reading) or _by_page(reading, target)


def looks_challenged(html: str) -> bool:
    """Return True if a page has the marks of a bot challenge. Whole pages may have them, too."""
    return any(mark in html for mark in _CHALLENGE)


def _by_status(reading: Reading) -> Judgement | None:
    """Return the verdict if the HTTP status decides it, or None."""
    status = reading.status
    if status == 200:
        return None
    if status == 202 or (400 <= status < 500 and looks_challenged(reading.html)):
        return Judgement(Verdict.CHALLENGE, Message("HTTP {status}, a bot challenge", status=status))
    if status in _GONE:
        return Judgement(Verdict.NOT_FOUND, Message("HTTP {status}", status=status))
    if status == 429:
        return Judgement(
            Verdict.RATE_LIMITED, Message("HTTP 429, Retry-After {retry_after}", retry_after=reading.retry_after)
        )
    if status in _FORBIDDEN:
        return Judgement(Verdict.BLOCKED, Message("HTTP {status}", status=status))
    return Judgement(Verdict.SERVER_ERROR, Message("HTTP {status}", status=status))


def _by_page(reading: Reading, target: Target) -> Judgement:
    identity = reading.page.identity
    if identity.shape in (Shape.NOTHING, Shape.OTHER):
        return _nothing(reading, identity)
    if identity.shape is Shape.NOT_FOUND:
        return Judgement(Verdict.NOT_FOUND, Message("a page that says 404"), identity)
    if not identity.whole:
        return Judgement(Verdict.INCOMPLETE, Message("the page lacks its data"), identity)
    if identity.shape.value != target.kind.value:
        return Judgement(Verdict.WRONG_PAGE, Message("a {shape} page", shape=identity.shape), identity)
    return _own_page(reading, identity, target)


def _own_page(reading: Reading, identity: Identity, target: Target) -> Judgement:
    """Return the verdict on a whole page of the target's kind."""
    final = target_of(reading.final_url)
    if target.kind is Kind.SEARCH:
        return _search(reading, identity, target)
    if identity.id != target.id:
        verdict = Verdict.MOVED if target.kind is Kind.TITLE else Verdict.WRONG_PAGE
        return Judgement(verdict, Message("the page of {id}", id=identity.id), identity)
    if final != target:
        return Judgement(
            Verdict.WRONG_PAGE, Message("its address is {address}", address=reading.final_url[:200]), identity
        )
    if target.kind is not Kind.TITLE:
        return Judgement(Verdict(target.kind.value), Message("a whole {kind}", kind=target.kind.value), identity)
    if identity.film:
        return Judgement(Verdict.FILM, Message("a whole film page"), identity)
    return Judgement(Verdict.OTHER_KIND, Message("a whole page of a title that is no film"), identity)


def _search(reading: Reading, identity: Identity, target: Target) -> Judgement:
    """Return the verdict on a whole page of results, which must be those of the target's words."""
    words = dict(parse_qsl(urlsplit(reading.final_url).query)).get("q", "")
    if target_of(reading.final_url) != target:
        return Judgement(
            Verdict.WRONG_PAGE, Message("its address is {address}", address=reading.final_url[:200]), identity
        )
    if identity.id and identity.id.casefold().split() != words.casefold().split():
        return Judgement(Verdict.WRONG_PAGE, Message("a search for {id!r}", id=identity.id[:100]), identity)
    return Judgement(Verdict.SEARCH, Message("a whole page of results"), identity)


def _nothing(reading: Reading, identity: Identity) -> Judgement:
    """Return the verdict on a page that is nothing to read."""
    if looks_challenged(reading.html):
        return Judgement(Verdict.CHALLENGE, Message("a bot challenge"), identity)
    if any(mark in reading.html for mark in _CONSENT):
        return Judgement(Verdict.CONSENT, Message("a consent dialog that was not answered"), identity)
    if not reading.page.is_parsable:
        return Judgement(Verdict.WRONG_PAGE, Message("its elements are too many or too deep to be parsed"), identity)
    if identity.shape is Shape.OTHER:
        return Judgement(
            Verdict.WRONG_PAGE, Message("another page ({layout})", layout=identity.layout[:_QUOTED]), identity
        )
    return Judgement(Verdict.INCOMPLETE, Message("neither data nor an address of its own"), identity)
