"""The limit of open streams of one address."""

from collections.abc import Sequence
from ipaddress import ip_network

from pydantic import IPvAnyNetwork

PUBLIC_LIMIT = 100
"""Open streams of one public address, where no setting gives a limit."""

_LOCAL = tuple(
    map(
        ip_network,
        (
            *("127.0.0.0/8", "::1/128"),  # loopback
            *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),  # private: RFC 1918, RFC 4193
            *("169.254.0.0/16", "fe80::/10"),  # link-local
        ),
    )
)


class AddressLimit:
    """The number of streams that an address may open.

    Without a limit from the settings it depends on the address. Many clients may share a local address or that of a
    proxy, so only public addresses have a limit.

    Args:
        limit: the limit of every address, 0 for none. None if it depends on the address.
        public_limit: the limit of a public address then.
        trusted_proxies: the networks of the proxies.
    """

    def __init__(self, limit: int | None, *, public_limit: int, trusted_proxies: Sequence[IPvAnyNetwork]) -> None:
        self._limit = limit
        self._public_limit = public_limit
        self._unlimited = (*_LOCAL, *trusted_proxies)

    def of(self, address: str) -> int:
        """Return the limit of an address, 0 for none.

        Args:
            address: an IPv4 address, an IPv6 network, or another text for a client without an IP address.
        """
        if self._limit is not None:
            return self._limit
        try:
            network = ip_network(address)
        except ValueError:
            return 0
        return 0 if any(network.overlaps(other) for other in self._unlimited) else self._public_limit
