"""The limits on open streams, in total and per address."""

from cinestream_stream_api.stream.connection_limiter import ConnectionLimiter


def test_streams_are_limited_in_total_and_per_address() -> None:
    """An address at its limit is refused while others are admitted, until the total limit is reached."""
    limiter = ConnectionLimiter(max_total=3, max_per_address=2)
    assert [limiter.acquire("a"), limiter.acquire("a"), limiter.acquire("a")] == [None, None, "address"]
    assert [limiter.acquire("b"), limiter.acquire("c")] == [None, "full"]
    limiter.release("a")
    assert limiter.acquire("c") is None


def test_without_a_limit_per_address_one_address_may_open_all_streams() -> None:
    """A limit of 0 switches the limit per address off."""
    limiter = ConnectionLimiter(max_total=5, max_per_address=0)
    assert [limiter.acquire("a") for _ in range(6)] == [None] * 5 + ["full"]
