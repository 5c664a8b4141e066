"""`PublishedMovie`, the film as clients receive it."""

from inspect import getdoc
from typing import Annotated

from pydantic import ConfigDict, Field, WithJsonSchema

from cinestream.contracts import Movie

Time = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]

_PUBLISHED = "The time at which this version was stored: RFC 3339, UTC, with milliseconds. Null if it is unknown"
_READ = "The time at which the page of this version was read: RFC 3339, UTC, with milliseconds. Null if it is unknown"
_DIRECTORS = """
In the stream, `director_stats` and `directors_stats` are as of the event. In all other answers they are those of now.
`published_at` and `page_read_at` are not part of `revision` and `changed`.
"""


class PublishedMovie(Movie):
    """A film with the times that stream-api adds. Its documented name is that of the contract, `Movie`."""

    __qualname__ = "Movie"
    model_config = ConfigDict(title="Movie", json_schema_extra={"description": f"{getdoc(Movie)}\n{_DIRECTORS}"})

    published_at: Annotated[Time | None, Field(description=_PUBLISHED, examples=["2026-11-21T08:00:00.000Z"])]
    page_read_at: Annotated[Time | None, Field(description=_READ, examples=["2026-11-21T07:59:58.000Z"])]
