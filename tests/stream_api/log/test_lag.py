"""The lag of films: each is observed once, when it is written."""

from datetime import UTC, datetime, timedelta

from prometheus_client import CollectorRegistry

from cinestream_stream_api.log.lag import Lag
from cinestream_stream_api.metrics import StreamMetrics


def stored(*, ago: float) -> datetime:
    """Return the time of a message that was stored so many seconds ago."""
    return datetime.now(UTC) - timedelta(seconds=ago)


class Measured:
    """A lag and its observations."""

    def __init__(self, max_waiting: int = 100) -> None:
        self.registry = CollectorRegistry()
        self.lag = Lag(StreamMetrics(self.registry).lag, max_waiting=max_waiting)

    def sample(self, name: str) -> float:
        """Return a sample of the histogram."""
        return self.registry.get_sample_value(f"cinestream_stream_lag_seconds_{name}") or 0.0


def test_a_film_is_observed_when_it_was_written() -> None:
    """A film is not observed when it arrives, but when it has been written."""
    measured = Measured()
    measured.lag.arrived(1, stored(ago=100))
    measured.lag.arrived(2, stored(ago=1000))
    assert measured.sample("count") == 0
    measured.lag.written(1)
    assert measured.sample("count") == 1
    assert 100 <= measured.sample("sum") < 900
    measured.lag.written(2)
    measured.lag.written(2)
    assert measured.sample("count") == 2
    assert not measured.lag


def test_a_time_in_the_future_counts_as_zero() -> None:
    """A film that NATS stored in our future counts as 0 seconds."""
    measured = Measured()
    measured.lag.arrived(1, stored(ago=-3600))
    measured.lag.written(1)
    assert (measured.sample("count"), measured.sample("sum")) == (1, 0)


def test_a_film_that_was_written_to_nobody_is_not_observed() -> None:
    """The number of waiting films is limited."""
    measured = Measured(max_waiting=3)
    measured.lag.arrived(1, stored(ago=0))
    measured.lag.forget()
    for sequence in range(2, 12):
        measured.lag.arrived(sequence, stored(ago=0))
    measured.lag.written(11)
    assert measured.sample("count") == 3
