"""The limits on open streams, in total and per address."""

from ipaddress import ip_network

import pytest
from structlog.testing import capture_logs

from cinestream_stream_api.stream.address_limit import AddressLimit
from cinestream_stream_api.stream.connection_limiter import ConnectionLimiter


def address_limit(limit: int | None) -> AddressLimit:
    """Return limits with one trusted proxy of each version of IP, and 3 streams of a public address."""
    proxies = [ip_network("203.0.113.7/32"), ip_network("2001:db8:7::7/128")]
    return AddressLimit(limit, public_limit=3, trusted_proxies=proxies)


def limiter(max_total: int, per_address: int | None) -> ConnectionLimiter:
    """Return a limiter without open streams."""
    return ConnectionLimiter(max_total=max_total, per_address=address_limit(per_address))


def test_streams_are_limited_in_total_and_per_address() -> None:
    """An address at its limit is refused while others are admitted, until the total limit is reached."""
    streams = limiter(3, 2)
    assert [streams.acquire("a"), streams.acquire("a"), streams.acquire("a")] == [None, None, "address"]
    assert [streams.acquire("b"), streams.acquire("c")] == [None, "full"]
    streams.release("a")
    assert streams.acquire("c") is None


def test_without_a_limit_per_address_one_address_may_open_all_streams() -> None:
    """A limit of 0 switches the limit per address off."""
    streams = limiter(5, 0)
    assert [streams.acquire("198.51.100.1") for _ in range(6)] == [None] * 5 + ["full"]


@pytest.mark.parametrize(
    ("address", "limit"),
    [
        *[("198.51.100.1", 3), ("2001:db8::/64", 3), ("172.32.0.1", 3), ("100.64.0.1", 3)],
        *[("127.0.0.1", 0), ("127.9.9.9", 0), ("::/64", 0)],
        *[("10.1.2.3", 0), ("172.31.0.1", 0), ("192.168.1.1", 0), ("fd12:3456::/64", 0)],
        *[("169.254.1.1", 0), ("fe80::/64", 0), ("203.0.113.7", 0), ("2001:db8:7::/64", 0), ("", 0)],
    ],
)
def test_only_public_addresses_have_a_limit_by_default(address: str, limit: int) -> None:
    """A limit from the settings holds for all addresses, and 0 for none."""
    assert address_limit(None).of(address) == limit
    assert address_limit(7).of(address) == 7
    assert address_limit(0).of(address) == 0


def test_an_address_with_half_of_all_places_is_logged_once() -> None:
    """The warning comes again only after the address fell below half."""
    streams = limiter(6, 0)
    with capture_logs() as lines:
        for _ in range(4):
            streams.acquire("a")
        streams.acquire("b")
        assert [(line["event"], line["address"], line["streams"]) for line in lines] == [
            ("stream.address_holds_half", "a", 3)
        ]
        for _ in range(2):
            streams.release("a")
        streams.acquire("a")
    assert len(lines) == 2
