"""The AsyncAPI 3 document of the stream's events, generated from the models. Pure.

https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import models_json_schema

from cinestream.contracts.movie import TitleId
from cinestream_stream_api.events import frames
from cinestream_stream_api.http.published_movie import PublishedMovie

Json = dict[str, Any]
_TEMPLATE = "#/components/schemas/{model}"


class Empty(BaseModel):
    """An empty object: the event's id has all the information."""

    model_config = ConfigDict(extra="forbid")


class RemovedData(BaseModel):
    """The film that was taken down."""

    id: TitleId


class GapData(BaseModel):
    """Events after `requested` that the client does not get. `missed` is null if their number is unknown.

    `first_available` is the first event that history holds. The stream continues from the id of the gap.
    """

    requested: str
    first_available: str
    missed: int | None


class UnknownFilterValue(BaseModel):
    """A value of a filter that no known film has, in the form in which values are compared.

    `nearest` has up to five known values, the nearest first.
    """

    parameter: str
    value: str
    nearest: list[str]


class NoticeData(BaseModel):
    """The reason why no known film matches the filter, as text for the user.

    `filters` is empty if each value is known, but no film has all of them.
    """

    message: str
    filters: list[UnknownFilterValue]


class HeartbeatData(BaseModel):
    """The server's time (RFC 3339, UTC), and the age of the newest event that this client has not been sent.

    `lag_ms` is in milliseconds, and 0 when the client has caught up.
    """

    time: Annotated[str, Field(json_schema_extra={"format": "date-time"})]
    lag_ms: Annotated[int, Field(ge=0)]


EVENTS: dict[str, tuple[type[BaseModel], str]] = {
    frames.MOVIE: (PublishedMovie, "A film that is new or has changed"),
    frames.REMOVED: (
        RemovedData,
        "A film was taken down: delete it. Every client gets this event, whatever its filter",
    ),
    frames.POSITION: (
        Empty,
        "The current position in the stream. Resume from its id. A stream begins and ends with it",
    ),
    frames.LIVE: (Empty, "The end of the replay. All later events are new"),
    frames.GAP: (GapData, "Events that the client missed, because history does not continue its id"),
    frames.HEARTBEAT: (HeartbeatData, "A sign of life in a fixed interval, with `?heartbeat=event`"),
    frames.NOTICE: (
        NoticeData,
        "No known film matches the filter. It comes at most once, after the first `position`. The stream stays open",
    ),
    frames.BUSY: (Empty, "The stream cannot be opened now. Reconnect after the time in `retry`"),
}
"""The model of the `data` of each event, and its description."""


def document(title: str, version: str, parameters: list[Json]) -> Json:
    """Return the AsyncAPI document.

    Args:
        title: the title of the API.
        version: the version of the API.
        parameters: the parameters of the stream in the OpenAPI document. Those in the query become a binding:
            https://github.com/asyncapi/bindings/tree/master/http
    """
    query = {parameter["name"]: parameter["schema"] for parameter in parameters if parameter["in"] == "query"}
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
                "description": "Server-Sent Events. The header `Last-Event-ID` or a parameter of the query resumes it.",
                "messages": references,
            }
        },
        "operations": {
            "sendEvents": {
                "action": "send",
                "channel": {"$ref": "#/channels/stream"},
                "messages": [{"$ref": f"#/channels/stream/messages/{name}"} for name in EVENTS],
                "bindings": {
                    "http": {
                        "method": "GET",
                        "query": {"type": "object", "properties": query, "additionalProperties": False},
                        "bindingVersion": "0.3.0",
                    }
                },
            }
        },
        "components": {
            "messages": {
                name: {
                    "name": name,
                    "summary": summary,
                    "payload": {"$ref": _TEMPLATE.format(model=model.__qualname__)},
                }
                for name, (model, summary) in EVENTS.items()
            },
            "schemas": schemas["$defs"],
        },
    }
