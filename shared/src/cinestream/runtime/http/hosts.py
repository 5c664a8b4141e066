"""The check of the `Host` header against DNS rebinding.

A web site can let its own name resolve to the address of this service. The browser then takes the service for a part of
that site, and lets its scripts read the answers. The `Host` header still has the site's name, which gives it away.
"""

from collections.abc import Awaitable, Iterable
from ipaddress import ip_address

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cinestream.runtime.http import problem

_LOOPBACK = ("localhost", "*.localhost")
_MAX_SHOWN = 100


class HostRule:
    """The host names that a server answers to.

    IP addresses, `localhost` and names below it are always allowed. A browser that uses one of these has not asked the
    DNS of a foreign site.

    Args:
        names: Further names. `*.example.org` stands for all names below `example.org`, and `*` allows every name.
        setting: Name of the setting for the names, which a refusal mentions. Empty if there is none.
    """

    def __init__(self, names: Iterable[str] = (), setting: str = "") -> None:
        allowed = {name.lower().rstrip(".") for name in (*names, *_LOOPBACK)}
        self.cure = "use localhost or an IP address" + (f", or add the name to {setting}" if setting else "")
        self.any = "*" in allowed
        self._exact = allowed
        self._suffixes = tuple(name[1:] for name in allowed if name.startswith("*."))

    def allows(self, host: str) -> bool:
        """Return True for the value of a `Host` header that is allowed. An empty one names no site."""
        name = _name(host.lower())
        return not host or self.any or name in self._exact or name.endswith(self._suffixes) or _is_address(name)


class HostCheck:
    """Middleware that answers 421 to a request for a host name that is not allowed (RFC 9110, 15.5.20)."""

    def __init__(self, app: ASGIApp, rule: HostRule, headers: problem.Headers) -> None:
        self._app = app
        self._rule = rule
        self._headers = dict(headers)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass the request on, or refuse it."""
        # No coroutine of its own: its frame would stay as long as a stream is open.
        host = next((value for name, value in scope.get("headers", ()) if name == b"host"), b"").decode("latin-1")
        if self._rule.allows(host):
            return self._app(scope, receive, send)
        detail = f"the host {host[:_MAX_SHOWN]!r} is not allowed; {self._rule.cure}"
        response = Response(problem.body(421, detail), 421, self._headers, problem.PROBLEM)
        return response(scope, receive, send)


def _name(host: str) -> str:
    """Return the name or the address in a `Host` header, without the port. Empty if its form is wrong."""
    end = host.find("]") + 1 if host.startswith("[") else host.find(":")
    name, port = (host[:end], host[end:]) if end > 0 else (host, "")
    if port and not (port[0] == ":" and (port == ":" or port[1:].isdecimal())):
        return ""
    return name.removesuffix(".")


def _is_address(name: str) -> bool:
    try:
        ip_address(name[1:-1] if name.startswith("[") and name.endswith("]") else name)
    except ValueError:
        return False
    return True
