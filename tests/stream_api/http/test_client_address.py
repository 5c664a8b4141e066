"""The address that a stream is counted under."""

import time
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinestream_stream_api.http.client_address import client_address

PROXIES = [ip_network("10.0.0.0/8"), ip_network("::1/128")]


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
    """The last address that is not a trusted proxy counts, and the entries before it are ignored."""
    assert client_address(peer, forwarded, PROXIES) == counted


def test_only_the_nearest_proxies_are_looked_through() -> None:
    """Thousands of trusted hops cost no more than the few that a real request passes."""
    started = time.thread_time()
    assert client_address("10.1.1.1", ["192.0.2.1" + ", 10.2.2.2" * 10_000], PROXIES) == "10.2.2.2"
    assert time.thread_time() - started < 0.05


@given(st.lists(st.text()), st.sampled_from(["10.0.0.1", "192.0.2.1", "::1"]))
def test_any_header_gives_an_address(forwarded: list[str], peer: str) -> None:
    """No header raises an error, and a header has no effect unless a trusted proxy sent it."""
    counted = client_address(peer, forwarded, PROXIES)
    assert counted
    assert peer != "192.0.2.1" or counted == peer
