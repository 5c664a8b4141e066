"""The times of a film, which its JSON gets on the way to clients: of its message, and of its page.

They are not stored, because the first one is known only once the message is stored.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from cinestream.contracts.movie import page_time

PUBLISHED_AT = "published_at"
PAGE_READ_AT = "page_read_at"
_TEMPLATE = b'%b,"published_at":%b,"page_read_at":%b}'

_QUOTED = len('"2026-11-21T08:00:00.000')


def with_times(body: bytes, film: dict[str, Any], headers: Mapping[str, str], stored_at: datetime | None) -> bytes:
    """Return the JSON object of a film with its times at the end.

    Args:
        body: the JSON object as it is stored.
        film: the same object, decoded.
        headers: the headers of the message. They may have the time of the page.
        stored_at: the UTC time at which NATS stored the message, or None if it is unknown.
    """
    if PUBLISHED_AT in film or PAGE_READ_AT in film:
        # Another program has stored what this service sent. Two values of one name would be ambiguous.
        body = orjson.dumps({name: value for name, value in film.items() if name not in (PUBLISHED_AT, PAGE_READ_AT)})
    # Inserted as text, because encoding the whole film again costs more.
    return _TEMPLATE % (body.rstrip()[:-1], _json(stored_at), _json(_page_read_at(headers)))


def _page_read_at(headers: Mapping[str, str]) -> datetime | None:
    try:
        time = page_time(headers)
        return time.astimezone(UTC) if time else None
    except OverflowError:  # the first or last day that Python knows, with an offset that goes beyond it
        return None


def _json(time: datetime | None) -> bytes:
    """Return a UTC time as RFC 3339 with milliseconds, or null."""
    # orjson writes microseconds, or no fraction at all, in a fifth of the time of `isoformat`.
    text = orjson.dumps(time, option=orjson.OPT_UTC_Z)
    if time is None:
        return text
    return text[:_QUOTED] + b'Z"' if time.microsecond else text[:-2] + b'.000Z"'
