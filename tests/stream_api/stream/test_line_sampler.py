"""The limit of log lines."""

from cinestream_stream_api.events.filters import Filter
from cinestream_stream_api.stream.line_sampler import LineSampler
from cinestream_stream_api.stream.open_stream import filter_text


def test_lines_above_the_rate_are_left_out_and_counted() -> None:
    """The next line states their number, once."""
    times = iter([0.1, 0.2, 0.3, 0.9, 1.0, 1.1])
    sampler = LineSampler(2, clock=lambda: next(times))
    assert [sampler.admit() for _ in range(6)] == [{}, {}, None, None, {"lines_left_out": 2}, {}]


def test_a_filter_is_shown_as_a_short_query() -> None:
    """It has no character that a terminal could take for a command, and is not longer than 200 characters."""
    assert (
        filter_text(Filter(genre=frozenset({"drama", "a b"}), min_rating=0.0)) == "genre=a+b&genre=drama&min_rating=0.0"
    )
    assert filter_text(Filter(director=frozenset({"\x1b[31mé"}))) == "director=%1B%5B31m%C3%A9"
    assert len(filter_text(Filter(director=frozenset({"x" * 1000})))) == 200
