"""`Places`: how many streams may be open, in all and for one address."""

from collections import Counter
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Literal, TypeAlias

Network: TypeAlias = IPv4Network | IPv6Network
_IPV6_PREFIX = 64


class Places:
    """Counts open streams. A limit of 0 for one address means that only the one for all counts."""

    def __init__(self, *, most: int, most_per_address: int) -> None:
        self._most = most
        self._most_per_address = most_per_address
        self._taken: Counter[str] = Counter()
        self._all = 0

    def take(self, address: str) -> Literal["full", "address"] | None:
        """Take a place, or say what stands against it: all are taken, or this address has its share."""
        if self._all >= self._most:
            return "full"
        if self._most_per_address and self._taken[address] >= self._most_per_address:
            return "address"
        self._all += 1
        self._taken[address] += 1
        return None

    def give_back(self, address: str) -> None:
        """Give a place back that was taken for this address."""
        self._all -= 1
        self._taken[address] -= 1
        if not self._taken[address]:
            del self._taken[address]


def address_of(peer: str, forwarded: Iterable[str], trusted: Sequence[Network]) -> str:
    """The address that a stream is counted for.

    It is the peer's, unless that is a trusted proxy: then the last one in `X-Forwarded-For` (the header's
    values, in order) that is not a trusted proxy too, because everything before it is the client's own word.
    An IPv6 address counts with its whole /64, which is what one client has.
    """
    hops = [hop.strip() for value in forwarded for hop in value.split(",")]
    address = peer
    while _among(address, trusted) and hops:
        address = hops.pop()
    return _counted(address) or _counted(peer) or peer


def _among(address: str, networks: Sequence[Network]) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return any(ip.version == network.version and ip in network for network in networks)


def _counted(address: str) -> str | None:
    try:
        ip = ip_address(address)
    except ValueError:
        return None
    if not isinstance(ip, IPv6Address):
        return str(ip)
    return str(ip.ipv4_mapped or IPv6Network((int(ip), _IPV6_PREFIX), strict=False))
