"""The AsyncAPI 3 document of the stream's events, made from the models; pure.

https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import models_json_schema

from cinestream.contracts import Movie
from cinestream.contracts.movie import TitleId
from cinestream_stream_api.events import frames

Json = dict[str, Any]
_TEMPLATE = "#/components/schemas/{model}"


class Empty(BaseModel):
    """Nothing: the event's id says it all."""

    model_config = ConfigDict(extra="forbid")


class RemovedData(BaseModel):
    """The film that was taken down."""

    id: TitleId


class GapData(BaseModel):
    """History no longer holds what comes after `requested`; `missed` is null where it cannot be counted."""

    requested: str
    first_available: str
    missed: int | None


EVENTS: dict[str, tuple[type[BaseModel], str]] = {
    frames.MOVIE: (Movie, "A film, new or changed"),
    frames.REMOVED: (RemovedData, "A film was taken down: forget it. Sent to every client, whatever it filters by"),
    frames.POSITION: (Empty, "Where the stream is: its id is what to resume from"),
    frames.LIVE: (Empty, "The end of what was missed: from here on everything is new"),
    frames.GAP: (GapData, "What the client missed and history no longer holds"),
    frames.BUSY: (Empty, "No stream can be opened now: come again after `retry`"),
}
"""Every event that the stream can send: what its `data` is, and what it means."""


def document(title: str, version: str) -> Json:
    """The document."""
    models = [(model, "serialization") for model in dict.fromkeys(model for model, _ in EVENTS.values())]
    _, schemas = models_json_schema(models, ref_template=_TEMPLATE)  # type: ignore[arg-type]
    references = {name: {"$ref": f"#/components/messages/{name}"} for name in EVENTS}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": title, "version": version},
        "defaultContentType": "application/json",
        "channels": {
            "stream": {
                "address": "/api/movies/stream",
                "description": "Server-Sent Events; see the OpenAPI document for how to open it and where to resume.",
                "messages": references,
            }
        },
        "operations": {
            "sendEvents": {
                "action": "send",
                "channel": {"$ref": "#/channels/stream"},
                "messages": [{"$ref": f"#/channels/stream/messages/{name}"} for name in EVENTS],
            }
        },
        "components": {
            "messages": {
                name: {"name": name, "summary": summary, "payload": {"$ref": _TEMPLATE.format(model=model.__name__)}}
                for name, (model, summary) in EVENTS.items()
            },
            "schemas": schemas["$defs"],
        },
    }
