"""The addresses of the settings: the site whose pages are read, and the Selenium server that has the browsers."""

import ipaddress
from base64 import b64encode
from collections.abc import Iterable
from typing import NamedTuple, Self
from urllib.parse import unquote, urlsplit

from cinestream.contracts import Invalid, ScrapeRequest
from cinestream_flow.message import Message

_IMDB = frozenset({"www.imdb.com", "imdb.com", "m.imdb.com"})
_DEFAULT_PORTS = {"http": 80, "https": 443}
NETWORK_SCHEMES = frozenset({"http", "https", "ws", "wss"})


class Site(NamedTuple):
    """The site whose pages are read.

    Attributes:
        url: its address, without a slash at the end.
        hosts: the hosts that pages may come from, as `host` or, with an unusual port, `host:port`.
    """

    url: str
    hosts: frozenset[str]

    @classmethod
    def of(cls, url: str, allowed: Iterable[str] = ()) -> Self:
        """Return the site at a URL, whose pages may also come from the `allowed` hosts.

        Raises:
            ValueError: the URL is invalid, or an allowed host is a private address.
        """
        own = _host(url)
        others = {_host(f"https://{host.strip()}") for host in allowed if host.strip()}
        if private := sorted(host for host in others - {own} if _is_private(host)):
            raise ValueError(
                Message("{host} is a private address: only the site itself may be at one", host=private[0])
            )
        return cls(url.rstrip("/"), frozenset({own} | others))

    def address(self, request: ScrapeRequest) -> str:
        """Return the URL of the page that a request is for."""
        return f"{self.url}{request.path}"

    def allows(self, url: str) -> bool:
        """Return True if a page may come from this URL."""
        try:
            return _host(url) in self.hosts
        except ValueError:
            return False

    def is_own(self, url: str) -> bool:
        """Return True if the URL is at the site's own host, which may be a private address."""
        try:
            return _host(url) == _host(self.url)
        except ValueError:
            return False

    def is_public(self, url: str) -> bool:
        """Return True unless the URL is at a private address. Parts of a page may come from any public one."""
        try:
            parts = urlsplit(url)
            return parts.scheme not in NETWORK_SCHEMES or not _is_private(parts.hostname or "")
        except ValueError:
            return False

    def require_named(self, target: str) -> None:
        """Check that a target that is a URL belongs to this site, or to IMDb, whose ids the site uses.

        Raises:
            Invalid: the URL is at another host.
        """
        address = target.strip()  # as requests are parsed: else another address would be checked than is read
        if address.startswith("http") and not _is_imdb(address):
            self.require_allowed(address)

    def require_allowed(self, url: str) -> None:
        """Check that a page may come from this URL.

        Raises:
            Invalid: the URL is at a host that is not allowed.
        """
        if not self.allows(url):
            raise Invalid(Message("the host of {url} is not allowed (CINESTREAM_SCRAPER_ALLOWED_HOSTS)", url=url[:200]))


class SeleniumServer(NamedTuple):
    """The address of a Selenium server, and the name and password in it (`https://name:password@…`)."""

    url: str
    name: str | None
    password: str | None

    @classmethod
    def of(cls, url: str) -> Self:
        """Split an address into its parts.

        Raises:
            ValueError: the address is invalid, or has only one of name and password. The driver would send neither.
        """
        parts = urlsplit(url)
        _ = parts.port  # raises for a port that is not a number
        if bool(parts.username) != bool(parts.password):
            raise ValueError(
                Message("a name needs a password and a password a name: write https://name:password@grid.example")
            )
        address = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        return cls(address, unquote(parts.username or "") or None, unquote(parts.password or "") or None)

    @property
    def headers(self) -> dict[str, str]:
        """The header with name and password, if there are any. In UTF-8, as the driver sends them."""
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
        raise ValueError(Message("{url!r} is not an http(s) address", url=url))
    # A host is the same by http:// and https://, each at its usual port.
    usual = parts.port in (None, *_DEFAULT_PORTS.values())
    return parts.hostname.lower() if usual else f"{parts.hostname.lower()}:{parts.port}"


def _is_private(host: str) -> bool:
    name = host.rsplit(":", 1)[0] if host.count(":") == 1 else host
    name = name.rstrip(".")
    try:
        return not ipaddress.ip_address(name).is_global
    except ValueError:
        return name == "localhost" or name.endswith((".localhost", ".local", ".internal"))
