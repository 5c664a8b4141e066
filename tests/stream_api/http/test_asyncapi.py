"""The AsyncAPI document: complete, and true about the events that the stream sends."""

import gzip
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
from tests.stream_api.films import PAGE_TIME, movie
from tests.stream_api.sse import Reader, unchunked

from cinestream_stream_api.catalogue.notices import Notice, UnknownValue
from cinestream_stream_api.events import frames
from cinestream_stream_api.events.event import film
from cinestream_stream_api.events.position import Position
from cinestream_stream_api.http.asyncapi import EVENTS, document
from cinestream_stream_api.stream.heartbeats import Heartbeats

SCHEMA = Path(__file__).parent / "asyncapi/3.0.0.json.gz"
PARAMETERS = [
    {"name": "theme", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
    {"name": "Last-Event-ID", "in": "header", "schema": {"type": "string"}},
]


def references(node: Any) -> list[str]:
    """Yield each `$ref` in a document."""
    if isinstance(node, list):
        return [ref for item in node for ref in references(item)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return own + [ref for value in node.values() for ref in references(value)]


def test_every_reference_is_defined() -> None:
    """Each reference leads to a definition in the document."""
    written = document("CineStream", "1", PARAMETERS)
    assert json.loads(json.dumps(written)) == written
    for reference in references(written):
        node: Any = written
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
        assert node


def test_sent_events_fit_their_models() -> None:
    """The data of each event is valid for its model, and the document has all events."""
    gap = frames.gap_data(requested="e-1", first_available="e-5", missed=None)
    wire = frames.Wire.SSE
    sent = film(Position("e", 1), *movie(1).encode(page_time=PAGE_TIME), PAGE_TIME).frame(wire)
    sent += frames.event(wire, frames.POSITION, "e-1") + frames.event(wire, frames.LIVE, "e-1")
    sent += frames.event(wire, frames.GAP, "e-4", gap) + frames.busy(5)
    sent += unchunked(Heartbeats().chunk("e-5", 12, 1))
    sent += frames.event(wire, frames.REMOVED, "e-6", b'{"id":"tt0000001"}')
    notice = Notice("No known film has tone=dark.", [UnknownValue("tone", "dark", ["Hopeful"])])
    sent += frames.event(wire, frames.NOTICE, "e-7", orjson.dumps(notice))
    events = Reader().feed(sent)
    assert {event.name for event in events} == set(EVENTS)
    for event in events:
        model, _ = EVENTS[event.name]
        assert model.model_validate_json(event.data).model_dump(mode="json") == orjson.loads(event.data)


def test_the_document_is_asyncapi() -> None:
    """The document is valid for the official JSON schema of AsyncAPI 3.0.0."""
    with gzip.open(SCHEMA) as file:
        validator = jsonschema_rs.validator_for(json.load(file))
    written = document("CineStream", "1", PARAMETERS)
    assert [str(error) for error in validator.iter_errors(written)] == []
    written["operations"]["sendEvents"]["action"] = "shout"
    assert not validator.is_valid(written)
