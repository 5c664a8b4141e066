"""The address that a client is counted under when streams are limited per address."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

from starlette.requests import HTTPConnection

Network: TypeAlias = IPv4Network | IPv6Network
_IPV6_PREFIX = 64
_MAX_HOPS = 32
"""Proxies in a row that are looked through."""


def address_of(request: HTTPConnection, trusted: Sequence[Network]) -> str:
    """Return the address that a request is counted under."""
    return client_address(_peer(request), request.headers.getlist("x-forwarded-for"), trusted)


def is_proxy(request: HTTPConnection, trusted: Sequence[Network]) -> bool:
    """Return True if a trusted proxy sent the request."""
    return _is_in(_peer(request), trusted)


def _peer(request: HTTPConnection) -> str:
    return request.client.host if request.client else ""


def client_address(peer: str, forwarded: Iterable[str], trusted: Sequence[Network]) -> str:
    """Return the address that a stream is counted under.

    This is the peer's address, unless the peer is a trusted proxy. Then it is the last address in
    `X-Forwarded-For` that is not a trusted proxy. Earlier entries are ignored, because the client can forge them.
    An IPv6 address counts as its /64 network, because a provider usually gives one client a whole /64.

    Args:
        peer: the address at the other end of the TCP connection.
        forwarded: the values of the `X-Forwarded-For` headers, in order.
        trusted: the networks of the proxies.
    """
    hops = [hop.strip() for value in forwarded for hop in value.rsplit(",", _MAX_HOPS)[-_MAX_HOPS:]][-_MAX_HOPS:]
    address = peer
    while _is_in(address, trusted) and hops:
        address = hops.pop()
    return _normalized(address) or _normalized(peer) or peer


def _is_in(address: str, networks: Sequence[Network]) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return any(ip.version == network.version and ip in network for network in networks)


def _normalized(address: str) -> str | None:
    """Return the address in its counted form, or None if it is not an IP address."""
    try:
        ip = ip_address(address)
    except ValueError:
        return None
    if not isinstance(ip, IPv6Address):
        return str(ip)
    return str(ip.ipv4_mapped or IPv6Network((int(ip), _IPV6_PREFIX), strict=False))
