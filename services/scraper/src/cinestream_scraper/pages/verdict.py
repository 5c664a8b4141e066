"""What became of a reading, and what to do about it: one function and one table. Pure.

Nothing but the whole page that was asked for is ever a film or a chart: the status, the final address and
everything that the page says of itself must agree.
"""

from enum import StrEnum
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from cinestream.contracts import Kind, Outcome
from cinestream_scraper.pages.identity import NOTHING, Identity, Shape, identify
from cinestream_scraper.pages.reading import Reading
from cinestream_scraper.pages.targets import Place, place_of


class Verdict(StrEnum):
    """What a page turned out to be."""

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
    """What a verdict leads to.

    Publish: with the outcome of the same name. Later: again, a few times, then a dead letter. Pause: the host
    is left alone for a while, then again.
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
    """A verdict, in words why, and what the page said that it is."""

    verdict: Verdict
    why: str
    identity: Identity = NOTHING

    @property
    def action(self) -> Action:
        """What to do about it."""
        return ACTIONS[self.verdict]

    @property
    def outcome(self) -> Outcome:
        """The outcome that is published; only for verdicts whose action is to publish."""
        return Outcome(self.verdict.value)


_CHALLENGE = ("gokuProps", "AwsWafIntegration", "awswaf.com", "awsWafCaptcha")
_CONSENT = ('data-testid="consent-wall"', "sp_message_iframe", "consent-page", 'id="consent')
_GONE = frozenset({404, 410})
_NO_ENTRY = frozenset({401, 402, 403, 405, 451})


def judge(reading: Reading, asked: Place) -> Judgement:
    """Say what a reading of the page of `asked` brought."""
    return _by_status(reading) or _by_page(reading, asked)


def looks_challenged(html: str) -> bool:
    """Whether a page that is nothing else is a bot challenge."""
    return any(mark in html for mark in _CHALLENGE)


def _by_status(reading: Reading) -> Judgement | None:
    """The verdict where the HTTP status alone decides; None when the page must be looked at."""
    status = reading.status
    if status == 200:
        return None
    if status == 202 or (400 <= status < 500 and looks_challenged(reading.html)):
        return Judgement(Verdict.CHALLENGE, f"HTTP {status}, a bot challenge")
    if status in _GONE:
        return Judgement(Verdict.NOT_FOUND, f"HTTP {status}")
    if status == 429:
        return Judgement(Verdict.RATE_LIMITED, f"HTTP 429, Retry-After {reading.retry_after}")
    if status in _NO_ENTRY:
        return Judgement(Verdict.BLOCKED, f"HTTP {status}")
    return Judgement(Verdict.SERVER_ERROR, f"HTTP {status}")


def _by_page(reading: Reading, asked: Place) -> Judgement:
    identity = identify(reading.html)
    if identity.shape in (Shape.NOTHING, Shape.OTHER):
        return _nothing(reading, identity)
    if identity.shape is Shape.NOT_FOUND:
        return Judgement(Verdict.NOT_FOUND, "a page that says 404", identity)
    if not identity.whole:
        return Judgement(Verdict.INCOMPLETE, "the page lacks its data", identity)
    if identity.shape.value != asked.kind.value:
        return Judgement(Verdict.WRONG_PAGE, f"a {identity.shape} page", identity)
    return _own_page(reading, identity, asked)


def _own_page(reading: Reading, identity: Identity, asked: Place) -> Judgement:
    """The verdict on a whole page of the kind that was asked for."""
    final = place_of(reading.final_url)
    if asked.kind is Kind.SEARCH:
        return _search(reading, identity, asked)
    if identity.id != asked.id:
        verdict = Verdict.MOVED if asked.kind is Kind.TITLE else Verdict.WRONG_PAGE
        return Judgement(verdict, f"the page of {identity.id}", identity)
    if final != asked:
        return Judgement(Verdict.WRONG_PAGE, f"its address is {reading.final_url[:200]}", identity)
    if asked.kind is not Kind.TITLE:
        return Judgement(Verdict(asked.kind.value), f"a whole {asked.kind.value}", identity)
    if identity.film:
        return Judgement(Verdict.FILM, "a whole film page", identity)
    return Judgement(Verdict.OTHER_KIND, "a whole page of a title that is no film", identity)


def _search(reading: Reading, identity: Identity, asked: Place) -> Judgement:
    """The verdict on a whole page of results, which must be those of the words that were asked for."""
    words = dict(parse_qsl(urlsplit(reading.final_url).query)).get("q", "")
    if place_of(reading.final_url) != asked:
        return Judgement(Verdict.WRONG_PAGE, f"its address is {reading.final_url[:200]}", identity)
    if identity.id and identity.id.casefold().split() != words.casefold().split():
        return Judgement(Verdict.WRONG_PAGE, f"a search for {identity.id[:100]!r}", identity)
    return Judgement(Verdict.SEARCH, "a whole page of results", identity)


def _nothing(reading: Reading, identity: Identity) -> Judgement:
    """The verdict on a page that is neither title nor chart."""
    if looks_challenged(reading.html):
        return Judgement(Verdict.CHALLENGE, "a bot challenge", identity)
    if any(mark in reading.html for mark in _CONSENT):
        return Judgement(Verdict.CONSENT, "a consent dialog that was not answered", identity)
    if identity.shape is Shape.OTHER:
        return Judgement(Verdict.WRONG_PAGE, f"another page ({identity.layout})", identity)
    return Judgement(Verdict.INCOMPLETE, "neither data nor an address of its own", identity)
