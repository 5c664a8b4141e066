"""The request for a stream: its address, its filters, its start and its end."""

import re
from dataclasses import dataclass

import httpx2

from cinestream.contracts.text import masked
from cinestream_flow.errors import Invalid
from cinestream_flow.message import Message

PATH = "/api/movies/stream"
HEARTBEAT_SECONDS = 5
"""The shortest interval that the server accepts (docs/clients.md, "Heartbeats")."""
LIVE = "live"
_ID = re.compile(r"[!-~]{1,200}")
Parameters = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class WatchRequest:
    """A request for a stream.

    Attributes:
        url: address of the stream, without a query.
        filters: filters of films, as names and values in a fixed order.
        start: place where the stream starts without an id. Empty: with the next film.
        until: place where the stream ends. Empty: nowhere.
    """

    url: str
    filters: Parameters = ()
    start: Parameters = ()
    until: str = ""

    @property
    def shown_url(self) -> str:
        """The address for people and files, without its user and password."""
        return masked(self.url)

    @property
    def parameters(self) -> Parameters:
        """The query."""
        end = (("until", self.until),) if self.until else ()
        heartbeats = (("heartbeat", "event"), ("heartbeat_seconds", str(HEARTBEAT_SECONDS)))
        return (*self.filters, *self.start, *end, *heartbeats)


def is_id(text: str) -> bool:
    """Return True for the id of an event with which a stream can be resumed. A header could not hold any other text."""
    return _ID.fullmatch(text) is not None


def stream_url(text: str) -> str:
    """Return the address of the stream of a server, of which the user gave the address or that of its stream.

    Raises:
        Invalid: it is not the address of a server.
    """
    try:
        url = httpx2.URL(text if "://" in text else f"http://{text}")
    except httpx2.InvalidURL:
        url = httpx2.URL()
    if url.scheme not in ("http", "https") or not url.host:
        raise Invalid(Message("{url} is not the address of a server: expected http://localhost:3000", url=text))
    if url.query or url.fragment:
        raise Invalid(
            Message("{url} has a query: give filters as options, for example --genre Drama --min-rating 8", url=text)
        )
    path = url.path.rstrip("/")
    return str(url.copy_with(path=path if path.endswith(PATH) else path + PATH))
