"""What an answer of Trakt means. Pure.

Exception
├── Transient           not now
│   ├── ServerFault     Trakt is broken or unreachable: counts for the circuit breaker
│   └── RateLimited     too fast: everyone waits
└── TraktError          no, and asking again changes nothing; the text is for the user
    └── NeedsLogin      the login is missing or no longer valid
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson

from cinestream.contracts.errors import Transient
from cinestream_flow.message import Message
from cinestream_trakt_export.options import Fault

_DEFAULT_WAIT = 300.0  # what the CDN asks for, in front of Trakt
_LONGEST_WAIT = 3600.0
_REASONS = {
    400: Message("Trakt did not understand the request"),
    403: Message("Trakt refuses this application: check api.client_id, and that the application is approved"),
    404: Message("there is nothing at Trakt under this address"),
    405: Message("Trakt does not allow this method here"),
    409: Message("Trakt already has this"),
    412: Message("Trakt wants another content type"),
    420: Message("this Trakt account has reached its limit of items"),
    422: Message("Trakt found the request invalid"),
    423: Message("this Trakt account is locked: ask Trakt's support"),
    426: Message("Trakt offers this to VIP members only"),
}
_OTHER_REASON = Message("Trakt refused the request")


class ServerFault(Transient):
    """Trakt, or the way to it, is broken; `fault` says in which way, as `retry.retry_on` names it."""

    def __init__(self, reason: str, *, fault: Fault = "server", retry_after: float | None = None) -> None:
        super().__init__(reason, retry_after=retry_after)
        self.fault: Fault = fault


class RateLimited(Transient):
    """Too many requests; `retry_after` says how long everyone waits."""

    fault: Fault = "rate_limit"


class TraktError(Exception):
    """Trakt said no; the text says why, for the user."""


class NeedsLogin(TraktError):
    """Nobody is logged in, or the login is no longer valid."""


@dataclass(frozen=True)
class PageFacts:
    """What the headers say of a page of a list: its limit as the server took it, how many pages and items there are."""

    limit: int
    pages: int
    items: int


def check(status: int, headers: Mapping[str, str], now: datetime) -> None:
    """Raise what the status means; return for 2xx. Header names are in lower case."""
    if 200 <= status < 300:
        return
    if status == 429:
        raise RateLimited(Message("Trakt asks for fewer requests"), retry_after=wait_of(headers, now) or _DEFAULT_WAIT)
    if status in (408, 425) or status >= 500:
        raise ServerFault(Message("Trakt answered {status}", status=status), retry_after=_retry_after(headers))
    if status == 401:
        raise NeedsLogin(Message("the login is not valid (any more): run 'cinestream-trakt login'"))
    reason = _REASONS.get(status, _OTHER_REASON)
    raise TraktError(Message("{reason} (status {status})", reason=reason, status=status))


def wait_of(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds that the headers of any answer ask everyone to wait: 0 while there are requests left."""
    if (asked := _retry_after(headers)) is not None:
        return asked
    try:
        limit = orjson.loads(headers.get("x-ratelimit", ""))
        if int(limit["remaining"]) > 0:
            return 0.0
        wait = (datetime.fromisoformat(limit["until"]) - now).total_seconds()
    except (ValueError, TypeError, KeyError):
        return 0.0
    return min(max(wait, 0.0), _LONGEST_WAIT)


def page_facts(headers: Mapping[str, str], received: int) -> PageFacts:
    """The facts of a page; a list without pagination headers is one page."""
    try:
        limit, pages, items = (int(headers[f"x-pagination-{name}"]) for name in ("limit", "page-count", "item-count"))
    except (KeyError, ValueError):
        return PageFacts(limit=max(received, 1), pages=1, items=received)
    if limit < 1 or pages < 0 or items < 0:
        raise ServerFault(
            Message(
                "pagination headers that make no sense: limit {limit}, {pages} pages, {items} items",
                limit=limit,
                pages=pages,
                items=items,
            )
        )
    return PageFacts(limit, pages, items)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    try:
        return min(max(float(headers["retry-after"]), 0.0), _LONGEST_WAIT)
    except (KeyError, ValueError):
        return None
