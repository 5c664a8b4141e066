"""Places: how many streams may be open, and for whom they count."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinestream_stream_api.stream.connection_limiter import Places, address_of

PROXIES = [ip_network("10.0.0.0/8"), ip_network("::1/128")]


def test_places_are_limited_in_all_and_for_one_address() -> None:
    """Who has its share is told so, others still get in until all places are taken."""
    places = Places(most=3, most_per_address=2)
    assert [places.take("a"), places.take("a"), places.take("a")] == [None, None, "address"]
    assert [places.take("b"), places.take("c")] == [None, "full"]
    places.give_back("a")
    assert places.take("c") is None


def test_without_a_limit_of_its_own_an_address_may_take_all() -> None:
    """0 switches the limit for one address off."""
    places = Places(most=5, most_per_address=0)
    assert [places.take("a") for _ in range(6)] == [None] * 5 + ["full"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "counted"),
    [
        ("192.0.2.1", ["198.51.100.7"], "192.0.2.1"),
        ("10.1.1.1", ["198.51.100.7"], "198.51.100.7"),
        ("10.1.1.1", ["203.0.113.9, 198.51.100.7", "10.2.2.2"], "198.51.100.7"),
        ("10.1.1.1", [], "10.1.1.1"),
        ("10.1.1.1", ["10.9.9.9"], "10.9.9.9"),
        ("10.1.1.1", ["nonsense"], "10.1.1.1"),
        ("::1", ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", [], "192.0.2.1"),
        ("", [], ""),
    ],
)
def test_only_a_trusted_proxy_is_believed(peer: str, forwarded: list[str], counted: str) -> None:
    """The last address that is no trusted proxy counts; what a client writes before it does not."""
    assert address_of(peer, forwarded, PROXIES) == counted


@given(st.lists(st.text()), st.sampled_from(["10.0.0.1", "192.0.2.1", "::1"]))
def test_whatever_is_forwarded_something_is_counted(forwarded: list[str], peer: str) -> None:
    """No header breaks it, and none but a proxy's matters."""
    counted = address_of(peer, forwarded, PROXIES)
    assert counted
    assert peer != "192.0.2.1" or counted == peer
