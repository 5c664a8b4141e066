"""Names that resolve to private addresses, by this machine's resolver and a cache of one minute."""

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterable

from cachetools import TTLCache

Resolve = Callable[[str], Iterable[str]]

_TTL_SECONDS = 60.0
_MAX_NAMES = 1024


def addresses_of(name: str) -> Iterable[str]:
    """Return the addresses of a name.

    Raises:
        OSError: the name does not resolve.
    """
    return [str(info[4][0]) for info in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)]


class NameResolver:
    """A cache of which names are private. Safe for several threads at once."""

    def __init__(self, resolve: Resolve = addresses_of) -> None:
        self._resolve = resolve
        self._cache: TTLCache[str, bool] = TTLCache(_MAX_NAMES, _TTL_SECONDS)
        self._lock = threading.Lock()

    def is_private(self, name: str) -> bool:
        """Return True if any address of the name is private.

        A name that does not resolve is not private: no browser reaches anything by it.
        """
        with self._lock:
            if (cached := self._cache.get(name)) is not None:
                return cached
        private = self._look_up(name)  # without the lock: a lookup may take seconds
        with self._lock:
            self._cache[name] = private
        return private

    def _look_up(self, name: str) -> bool:
        try:
            # "%" separates the zone of an IPv6 address, which `ipaddress` takes for a part of it.
            addresses = (address.partition("%")[0] for address in self._resolve(name))
            return any(not ipaddress.ip_address(address).is_global for address in addresses)
        except (OSError, UnicodeError):
            return False
