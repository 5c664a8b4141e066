"""The site that a request is for, and the web sites that may send it. Pure.

A browser sends the `Origin` of the page that makes a request with a body, and no page can change it.
"""

from collections.abc import Collection
from typing import NamedTuple

from starlette.datastructures import Headers

_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class Site(NamedTuple):
    """The site as its clients see it: `http` or `https`, and the host with the port if it has one."""

    scheme: str
    host: str

    def is_home_of(self, origin: str) -> bool:
        """Return True if a page of this origin belongs to this site.

        A page over TLS belongs to it also if the request came without TLS: a proxy ended TLS and did not say so.
        """
        return origin.lower() in (_origin(self.scheme, self.host), _origin("https", self.host))

    def is_secure_for(self, origin: str) -> bool:
        """Return True if the client uses TLS, as far as the request shows."""
        return self.scheme == "https" or (origin.lower().startswith("https://") and self.is_home_of(origin))


def site_of(scheme: str, headers: Headers, *, is_proxy: bool) -> Site:
    """Return the site of a request.

    Args:
        scheme: the scheme of the connection.
        headers: the headers of the request.
        is_proxy: True if the peer is a trusted proxy, whose `X-Forwarded-Proto` and `X-Forwarded-Host` count.
    """
    host = headers.get("host", "")
    if is_proxy:
        scheme = _first(headers.get("x-forwarded-proto", "")) or scheme
        host = _first(headers.get("x-forwarded-host", "")) or host
    return Site(scheme.lower(), host.lower())


def may_sign_in(origin: str | None, site: Site, listed: Collection[str]) -> bool:
    """Return True if a request with this `Origin` may set or remove the cookie.

    Programs send none. A sandboxed page and a local file send `null`, which is no site.

    Args:
        origin: the value of the header, or None.
        site: the site of the request.
        listed: other web sites that may use the API with the cookie. `*` lists none by name.
    """
    return origin is None or site.is_home_of(origin) or (origin in listed and origin not in ("*", "null"))


def _origin(scheme: str, host: str) -> str:
    return f"{scheme}://{host.removesuffix(_DEFAULT_PORTS.get(scheme, ''))}"


def _first(values: str) -> str:
    return values.partition(",")[0].strip()
