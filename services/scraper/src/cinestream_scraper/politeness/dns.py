"""Which names lead to private addresses: asked of this machine's resolver, and remembered for a minute."""

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterable

from cachetools import TTLCache

Resolve = Callable[[str], Iterable[str]]

_KEPT = 60.0
_MOST_NAMES = 1024


def addresses_of(name: str) -> Iterable[str]:
    """The addresses of a name.

    Raises:
        OSError: it has none.
    """
    return [str(found[4][0]) for found in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)]


class Names:
    """What names lead to. May be asked by several threads at once."""

    def __init__(self, resolve: Resolve = addresses_of) -> None:
        self._resolve = resolve
        self._known: TTLCache[str, bool] = TTLCache(_MOST_NAMES, _KEPT)
        self._lock = threading.Lock()

    def is_private(self, name: str) -> bool:
        """Whether any address of the name is private; not if it has none, for then nobody gets there."""
        with self._lock:
            if (known := self._known.get(name)) is not None:
                return known
        private = self._look(name)
        with self._lock:
            self._known[name] = private
        return private

    def _look(self, name: str) -> bool:
        try:
            return any(not ipaddress.ip_address(found.partition("%")[0]).is_global for found in self._resolve(name))
        except (OSError, UnicodeError):
            return False
