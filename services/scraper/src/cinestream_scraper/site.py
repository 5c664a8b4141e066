"""The addresses of the settings: the site whose pages are read, and the Selenium server that has the browsers."""

import ipaddress
from base64 import b64encode
from collections.abc import Iterable
from typing import NamedTuple, Self
from urllib.parse import unquote, urlsplit

from cinestream.contracts import Invalid, ScrapeRequest

_IMDB = frozenset({"www.imdb.com", "imdb.com", "m.imdb.com"})
_DEFAULT_PORTS = {"http": 80, "https": 443}
OVER_THE_NETWORK = frozenset({"http", "https", "ws", "wss"})


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


class Server(NamedTuple):
    """A Selenium server: its address, and the name and password that may stand in it as `https://name:password@…`."""

    url: str
    name: str | None
    password: str | None

    @classmethod
    def of(cls, url: str) -> Self:
        """The parts of an address.

        Raises:
            ValueError: it is none, or has a name without a password or a password without a name: the driver would send
                neither.
        """
        parts = urlsplit(url)
        _ = parts.port  # one that is no number is refused when it is looked at, and not before
        if bool(parts.username) != bool(parts.password):
            raise ValueError("a name and a password go together: write it as in https://name:password@grid.example")
        address = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        return cls(address, unquote(parts.username or "") or None, unquote(parts.password or "") or None)

    @property
    def headers(self) -> dict[str, str]:
        """The name and password, if any, as a header: in UTF-8, as the driver sends them."""
        if self.name is None:
            return {}
        return {"Authorization": f"Basic {b64encode(f'{self.name}:{self.password}'.encode()).decode()}"}


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
