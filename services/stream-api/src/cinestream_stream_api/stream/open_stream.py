"""The facts about an open stream that operators see: in the log, and on the ops port."""

from dataclasses import dataclass, fields
from typing import Literal, NamedTuple, TypeAlias
from urllib.parse import urlencode

from cinestream_stream_api.events.filters import Filter
from cinestream_stream_api.events.resume import After, Earliest, Live, Malformed, Replay, Since, StartRequest

_MAX_FILTER = 200
"""Characters of a filter that are shown."""


@dataclass(slots=True, eq=False)
class Client:
    """The client of a stream.

    Args:
        address: the address that its streams are counted under.
        start: the start that it has asked for.
        first_bytes: the bytes of the beginning of the stream that were sent before the registration.
        number: the number of its stream in this process, from the registration on.
        opened: the event loop's time of the registration.
    """

    address: str
    start: str
    first_bytes: int = 0
    number: int = 0
    opened: float = 0.0


State: TypeAlias = Literal["live", "catching-up", "paused", "ending"]


class StreamFacts(NamedTuple):
    """The state of a stream at this moment.

    Args:
        filter: the filter as a query, cut at 200 characters.
        position: the id up to which everything has been written to the client.
        lag_events: stored events after this position, whether the filter shows them or not.
        state: `live`, `catching-up`, `paused` (the client does not read) or `ending`.
        events: films and removals written to the client.
        bytes: bytes of the body written to the client.
    """

    filter: str
    position: str
    lag_events: int
    state: State
    events: int
    bytes: int


def filter_text(filter: Filter) -> str:
    """Return a filter as a query, which holds only printable ASCII."""
    given: list[tuple[str, object]] = []
    for field in fields(filter):
        value = getattr(filter, field.name)
        if isinstance(value, frozenset):
            given += [(field.name, text) for text in sorted(value)]
        elif value is not None:
            given.append((field.name, value))
    return urlencode(given)[:_MAX_FILTER]


def start_text(start: StartRequest) -> str:
    """Return the requested start as a short text, which holds only printable ASCII."""
    match start:
        case Live():
            return "live"
        case After(position):
            return f"after {position}"
        case Earliest():
            return "earliest"
        case Since(moment):
            return f"since {moment.isoformat()}"
        case Replay(count):
            return f"replay {count}"
        case Malformed():
            return "malformed id"
