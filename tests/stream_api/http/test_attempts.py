"""The limit on failed attempts."""

from cinestream_stream_api.http.access.attempts import MAX_ADDRESSES, Attempts


def test_attempts_come_back_one_by_one() -> None:
    """After a burst, one more attempt is possible per interval, and each address has its own."""
    now = 100.0
    attempts = Attempts(burst=3, seconds=10, clock=lambda: now)
    for _ in range(3):
        assert attempts.wait("a") == 0
        attempts.add("a")
    assert (attempts.wait("a"), attempts.wait("b")) == (10, 0)
    now += 9.5
    assert attempts.wait("a") == 1
    now += 0.5
    assert attempts.wait("a") == 0
    attempts.add("a")
    assert attempts.wait("a") == 10
    now += 30
    for _ in range(3):
        assert attempts.wait("a") == 0
        attempts.add("a")


def test_a_flood_waits_no_longer_than_a_burst() -> None:
    """Attempts that were under way at once are all counted, but the wait is that of one burst, which is remembered."""
    attempts = Attempts(burst=3, seconds=10, clock=lambda: 100.0)
    for _ in range(100):
        attempts.add("a")
    assert attempts.wait("a") == 10


def test_addresses_are_bounded() -> None:
    """However many addresses there are, no more than the limit are remembered."""
    attempts = Attempts(burst=1, seconds=10, clock=lambda: 0.0)
    for number in range(MAX_ADDRESSES + 1):
        attempts.add(str(number))
    assert (attempts.wait("0"), attempts.wait(str(MAX_ADDRESSES))) == (0, 10)
