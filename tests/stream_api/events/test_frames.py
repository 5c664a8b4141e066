"""Frames, read back by a parser that was written from the specification."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.stream_api.films import PAGE_TIME, movie
from tests.stream_api.sse import Reader, unchunked

from cinestream_stream_api.events import frames
from cinestream_stream_api.events.event import Event, film
from cinestream_stream_api.events.frames import Wire
from cinestream_stream_api.events.position import Position

TEXTS = st.text(min_size=1, max_size=200)
TIMES = {"published_at": None, "page_read_at": "2026-11-01T00:00:00.000Z"}


@given(title=TEXTS, plot=TEXTS, sequence=st.integers(1, 10**15), cut=st.integers(1, 50))
def test_a_film_survives_the_wire(title: str, plot: str, sequence: int, cut: int) -> None:
    """Any text in any field is read back from the SSE frame, wherever the bytes are cut."""
    sent = movie(1, title=title, plot=plot).encode(page_time=PAGE_TIME)
    frame = film(Position("e", sequence), sent.headers, sent.body).frame(Wire.SSE)
    assert len(frame.decode().splitlines()) == 4  # id, event, data, nothing
    reader = Reader()
    (event,) = [e for i in range(0, len(frame), cut) for e in reader.feed(frame[i : i + cut])]
    assert (event.name, event.id) == ("movie", f"e-{sequence}")
    assert event.json == json.loads(sent.body) | TIMES


def test_pretty_printed_json_becomes_one_line() -> None:
    """Line breaks between the tokens of a body do not end the data field."""
    sent = movie(1).encode(page_time=PAGE_TIME)
    pretty = json.dumps(json.loads(sent.body), indent=2).replace("\n", "\r\n").encode()
    (event,) = Reader().feed(film(Position("e", 1), sent.headers, pretty).frame(Wire.SSE))
    assert event.json == json.loads(sent.body) | TIMES


def blocks(wire: Wire, sequence: int, data: bytes) -> dict[str, bytes]:
    """Return a block of each kind."""
    id = f"e-{sequence}"
    named = (frames.POSITION, frames.LIVE, frames.GAP, frames.REMOVED)
    found = {name: Event(Position("e", sequence), name, data).frame(wire) for name in named}
    found["film"] = Event(Position("e", sequence), frames.MOVIE, data).frame(wire)
    found["first"] = frames.retry(wire, 2000) + frames.event(wire, frames.POSITION, id)
    found["closing"] = frames.closing(wire, 2000, id)
    return found


def fields(block: bytes) -> dict[str, str]:
    """Return the fields of one SSE block."""
    assert block.endswith(b"\n\n")
    assert block.count(b"\n\n") == 1
    return dict(line.split(": ", 1) for line in block.decode().removesuffix("\n\n").split("\n"))


@given(
    sequence=st.integers(0, 10**15),
    value=st.dictionaries(st.text(max_size=20), st.text(max_size=50), max_size=3),
)
@pytest.mark.parametrize("wire", Wire)
def test_each_block_has_data_and_each_but_a_film_has_a_name(wire: Wire, sequence: int, value: dict[str, Any]) -> None:
    """A client that parses the data of each block as JSON fails at none, in every format."""
    kinds = blocks(wire, sequence, json.dumps(value).encode())
    for kind, block in kinds.items():
        read = json.loads(block) if wire is Wire.NDJSON else fields(block)
        assert read["id"] == f"e-{sequence}"
        assert isinstance(read["data"] if wire is Wire.NDJSON else json.loads(read["data"]), dict)
        assert ("event" not in read) == (kind == "film" and wire is Wire.SSE_UNNAMED)
        assert ("retry" in read) == (kind in ("first", "closing") and wire is not Wire.NDJSON)
    assert kinds["closing"] == kinds["first"]


def test_films_without_a_name_are_messages() -> None:
    """In the unnamed format a film is dispatched to `onmessage`. Other events keep their names."""
    reader = Reader()
    sent = frames.event(Wire.SSE_UNNAMED, "movie", "e-1", b"{}") + frames.event(Wire.SSE_UNNAMED, "live", "e-1")
    assert [event.name for event in reader.feed(sent)] == ["message", "live"]


def test_ndjson_is_one_object_per_line() -> None:
    """Each event, also a heartbeat, is a line with id, event and data. There is no retry."""
    wire = Wire.NDJSON
    sent = frames.retry(wire, 5) + frames.event(wire, "movie", "e-1", b'{"a":1}') + frames.heartbeat(wire, "e-1")
    assert [json.loads(line) for line in sent.splitlines()] == [
        {"id": "e-1", "event": "movie", "data": {"a": 1}},
        {"id": "e-1", "event": "position", "data": {}},
    ]


def test_a_heartbeat_is_a_comment() -> None:
    """A heartbeat dispatches no event and does not change the last id. No empty line makes a client deliver a block."""
    reader = Reader(last_id="e-1")
    (comment,) = reader.feed(frames.heartbeat(Wire.SSE, "e-9"))
    assert (comment.name, reader.last_id) == (":", "e-1")
    assert b"\n\n" not in frames.heartbeat(Wire.SSE, "e-9")


def test_a_refusal_is_a_stream_with_a_retry_time() -> None:
    """`busy` has a retry time and no id, so that the client keeps its own id."""
    reader = Reader(last_id="e-1")
    (event,) = reader.feed(frames.busy(1234))
    assert (event.name, event.json, reader.retry, reader.last_id) == ("busy", {}, 1234, "e-1")


@given(st.lists(st.lists(st.binary(max_size=300), max_size=4), max_size=6))
def test_an_http_parser_reads_chunks_back(chunks: list[list[bytes]]) -> None:
    """Chunks decode to the joined parts, and none of them ends the body."""
    sent = b"".join(frames.http_chunk(*parts) for parts in [*chunks, [b"more"]])
    assert unchunked(sent) == b"".join(part for parts in chunks for part in parts) + b"more"
