"""Content negotiation between two media types."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinestream_stream_api.http.accept import negotiate

SSE, NDJSON = "text/event-stream", "application/x-ndjson"


@pytest.mark.parametrize(
    "accept",
    [
        "",
        " , ",
        " ",
        "*/*",
        "text/*",
        "text/event-stream",
        "Text/Event-Stream; charset=utf-8",
        "application/x-ndjson, text/event-stream",
        "application/x-ndjson;q=0.5, text/event-stream;q=0.6",
        "application/x-ndjson;q=0.999, */*",
        "application/json, text/plain, */*",
        "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
        "application/x-ndjson;q=0, */*",
        "application/x-ndjson;q=2, text/*;q=0.1",
        'text/event-stream;a="x, application/x-ndjson;q=1";q=0.1',
        ",, text/event-stream ;Q=1.000 ,",
    ],
)
def test_event_streams_are_preferred(accept: str) -> None:
    """They are sent by default, at equal weights, and where their weight is greater. A malformed range is ignored."""
    assert negotiate(accept, (SSE, NDJSON)) == SSE


@pytest.mark.parametrize(
    "accept",
    [
        "application/x-ndjson",
        "APPLICATION/X-NDJSON",
        "application/*",
        "application/x-ndjson, text/event-stream;q=0.9",
        "text/event-stream;q=0, */*",
        "text/event-stream; q=0.0, application/x-ndjson; q=0.001",
        "*/*, text/*;q=0.5",
        "text/html, application/x-ndjson;q=0.1",
    ],
)
def test_lines_are_sent_where_they_weigh_more(accept: str) -> None:
    """The most specific range of a type gives its weight."""
    assert negotiate(accept, (SSE, NDJSON)) == NDJSON


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "application/json",
        "text/event-stream;q=0",
        "*/*;q=0",
        "event-stream",
        "text/event-stream;q=high",
        '"',
    ],
)
def test_nothing_else_can_be_sent(accept: str) -> None:
    """Then there is no answer to choose."""
    assert negotiate(accept, (SSE, NDJSON)) is None


@given(st.text(alphabet='tex/*,;q=01. "\\', max_size=60))
def test_any_text_is_parsed(accept: str) -> None:
    """A header of a stranger raises nothing."""
    assert negotiate(accept, ("text/x", "x/text")) in ("text/x", "x/text", None)
