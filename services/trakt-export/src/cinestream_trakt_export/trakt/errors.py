"""The errors of the Trakt API, and the meaning of status codes and headers. Pure.

Exception
├── Transient           Try again later.
│   ├── ServerFault     Trakt is broken or cannot be reached. Counts for the circuit breaker.
│   └── RateLimited     Too many requests. All callers wait.
└── TraktError          Refused for good. The text is for the user.
    └── NeedsLogin      The login is missing or no longer valid.

Status codes and rate limits: https://trakt.docs.apiary.io, "Status Codes" and "Rate Limiting".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson

from cinestream.contracts.errors import Transient
from cinestream_flow.message import Message
from cinestream_trakt_export.options import Fault

_DEFAULT_PAUSE = 300.0  # seconds that the CDN in front of Trakt asks for
_MAX_PAUSE = 3600.0
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
    """Trakt is broken or cannot be reached.

    Args:
        reason: the text for the user.
        fault: the kind of the fault, as `retry.retry_on` names it.
        retry_after: seconds to wait before the next attempt, None for no wish of the server.
    """

    def __init__(self, reason: str, *, fault: Fault = "server", retry_after: float | None = None) -> None:
        super().__init__(reason, retry_after=retry_after)
        self.fault: Fault = fault


class RateLimited(Transient):
    """Too many requests. All callers wait for `retry_after` seconds."""

    fault: Fault = "rate_limit"


class TraktError(Exception):
    """Trakt refused the request, and a repetition would be refused too. The text is for the user."""


class NeedsLogin(TraktError):
    """Nobody is logged in, or the login is no longer valid."""


@dataclass(frozen=True)
class PageInfo:
    """The facts about a list in the headers of one of its pages.

    Args:
        limit: items of a full page. The server may have lowered the number that was requested.
        pages: the number of pages.
        items: the number of items in all pages.
    """

    limit: int
    pages: int
    items: int


def check(status: int, headers: Mapping[str, str], now: datetime) -> None:
    """Raise the error that a status means, and return for 2xx. Header names are in lower case."""
    if 200 <= status < 300:
        return
    if status == 429:
        raise RateLimited(
            Message("Trakt asks for fewer requests"), retry_after=pause_seconds(headers, now) or _DEFAULT_PAUSE
        )
    if status in (408, 425) or status >= 500:
        raise ServerFault(Message("Trakt answered {status}", status=status), retry_after=_retry_after(headers))
    if status == 401:
        raise NeedsLogin(Message("the login is not valid (any more): run 'cinestream-trakt login'"))
    reason = _REASONS.get(status, _OTHER_REASON)
    raise TraktError(Message("{reason} (status {status})", reason=reason, status=status))


def pause_seconds(headers: Mapping[str, str], now: datetime) -> float:
    """Return the seconds that all callers must wait after a response, 0 while requests are left.

    `Retry-After` overrides `X-Ratelimit`. Unreadable values count as absent.
    """
    if (requested := _retry_after(headers)) is not None:
        return requested
    try:
        limit = orjson.loads(headers.get("x-ratelimit", ""))
        if int(limit["remaining"]) > 0:
            return 0.0
        seconds = (datetime.fromisoformat(limit["until"]) - now).total_seconds()
    except (ValueError, TypeError, KeyError):
        return 0.0
    return min(max(seconds, 0.0), _MAX_PAUSE)


def page_info(headers: Mapping[str, str], received: int) -> PageInfo:
    """Return the facts about a list. A list without pagination headers has one page with the `received` items.

    Raises ServerFault for headers that contradict themselves: a limit of 0 would never end.
    """
    try:
        limit, pages, items = (int(headers[f"x-pagination-{name}"]) for name in ("limit", "page-count", "item-count"))
    except (KeyError, ValueError):
        return PageInfo(limit=max(received, 1), pages=1, items=received)
    if limit < 1 or pages < 0 or items < 0:
        raise ServerFault(
            Message(
                "pagination headers that make no sense: limit {limit}, {pages} pages, {items} items",
                limit=limit,
                pages=pages,
                items=items,
            )
        )
    return PageInfo(limit, pages, items)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    try:
        return min(max(float(headers["retry-after"]), 0.0), _MAX_PAUSE)
    except (KeyError, ValueError):
        return None
