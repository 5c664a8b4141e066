"""Where a target is, and which addresses a page may come from. Pure."""

import ipaddress
import re
from collections.abc import Iterable
from typing import NamedTuple, Self
from urllib.parse import parse_qsl, urlsplit

from cinestream.contracts import Invalid, Kind, ScrapeRequest
from cinestream.contracts.lists import list_page
from cinestream.contracts.search import search_id, search_of

_IMDB = frozenset({"www.imdb.com", "imdb.com", "m.imdb.com"})
_DEFAULT_PORTS = {"http": 80, "https": 443}
OVER_THE_NETWORK = frozenset({"http", "https", "ws", "wss"})
_PLACE = re.compile(r"(?:/.*)?/(title|chart|list)/([^/]+)/?")
_BEFORE_SEARCH = re.compile(r".*(?=/(?:find|search/title)/?$)")


class Place(NamedTuple):
    """Which page a URL names: its kind and id."""

    kind: Kind
    id: str


def place_of(url: str) -> Place | None:
    """The target whose own page this URL is, in any language; None for any other page, a sub-page too."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if before := _BEFORE_SEARCH.match(parts.path):
        query = search_of(f"{parts.path[before.end() :]}?{parts.query}")
        return Place(Kind.SEARCH, search_id(query)) if query else None
    match = _PLACE.fullmatch(parts.path)
    if match and match[1] == Kind.LIST.value:
        return Place(Kind.LIST, list_page(match[2], dict(parse_qsl(parts.query)).get("page", "")))
    return Place(Kind(match[1]), match[2]) if match else None


class Site(NamedTuple):
    """The site that is read. `hosts` are those that may answer, as `host` or, with an unusual port, `host:port`."""

    url: str
    hosts: frozenset[str]

    @classmethod
    def of(cls, url: str, allowed: Iterable[str] = ()) -> Self:
        """The site at `url`, whose pages may also come from the `allowed` hosts.

        Raises:
            ValueError: an address is none, or an allowed host is a private address.
        """
        own = _host(url)
        others = {_host(f"https://{host.strip()}") for host in allowed if host.strip()}
        if private := sorted(host for host in others - {own} if _is_private(host)):
            raise ValueError(f"{private[0]} is a private address: only the site itself may be at one")
        return cls(url.rstrip("/"), frozenset({own} | others))

    def address(self, request: ScrapeRequest) -> str:
        """The URL of the page that is asked for."""
        return f"{self.url}{request.path}"

    def allows(self, url: str) -> bool:
        """Whether a page may come from this URL."""
        try:
            return _host(url) in self.hosts
        except ValueError:
            return False

    def is_own(self, url: str) -> bool:
        """Whether this URL is at the site's own host, wherever that is."""
        try:
            return _host(url) == _host(self.url)
        except ValueError:
            return False

    def is_public(self, url: str) -> bool:
        """Whether what a page needs besides may come from this URL: from anywhere but a private address."""
        try:
            parts = urlsplit(url)
            return parts.scheme not in OVER_THE_NETWORK or not _is_private(parts.hostname or "")
        except ValueError:
            return False

    def require_named(self, target: str) -> None:
        """Check that a target that is an address is one of this site, or of IMDb, whose ids these are.

        Raises:
            Invalid: it is at another host.
        """
        address = target.strip()  # as a request is read, or it would be of another address than was checked
        if address.startswith("http") and not _is_imdb(address):
            self.require_allowed(address)

    def require_allowed(self, url: str) -> None:
        """Check that a page may come from this URL.

        Raises:
            Invalid: it is at a host that nobody allowed.
        """
        if not self.allows(url):
            raise Invalid(f"the host of {url[:200]} is not allowed (CINESTREAM_SCRAPER_ALLOWED_HOSTS)")


def _is_imdb(url: str) -> bool:
    try:
        return urlsplit(url).hostname in _IMDB
    except ValueError:
        return False


def _host(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError(f"{url!r} is no http(s) address")
    # http:// and https:// of a host are the same place when each is at its usual port.
    usual = parts.port in (None, *_DEFAULT_PORTS.values())
    return parts.hostname.lower() if usual else f"{parts.hostname.lower()}:{parts.port}"


def _is_private(host: str) -> bool:
    name = host.rsplit(":", 1)[0] if host.count(":") == 1 else host
    name = name.rstrip(".")
    try:
        return not ipaddress.ip_address(name).is_global
    except ValueError:
        return name == "localhost" or name.endswith((".localhost", ".local", ".internal"))
