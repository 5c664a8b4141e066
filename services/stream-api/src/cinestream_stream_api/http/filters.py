"""The query parameters that filter films, on the stream and on the answers about all films."""

from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import Field

from cinestream.contracts import PlotTone
from cinestream.contracts.movie import FILM_KINDS
from cinestream_stream_api.events.filter_values import parse_filter
from cinestream_stream_api.events.filters import Filter

_MAX_VALUES = 100

Texts = dict[str, list[str] | None]


def _repeated(description: str, *examples: str) -> Any:
    text = f"{description}. Repeat the parameter for alternatives"
    return Query(max_length=_MAX_VALUES, description=text, examples=[list(examples)])


def _documented(**schema: Any) -> Any:
    """Return the schema of a value for the OpenAPI document. The values are checked by `parse_filter`."""
    return Field(json_schema_extra=schema)


Word = Annotated[str, _documented(pattern=r"^[^\W_,][^,]*$")]
Name = Annotated[str, _documented(pattern=r"^[^\W_]")]
Decade = Annotated[str, _documented(pattern="^[0-9]{3}0s$")]
Tone = Annotated[str, _documented(enum=list(PlotTone))]
Kind = Annotated[str, _documented(enum=list(FILM_KINDS))]
Id = Annotated[str, _documented(pattern="^[Tt]{2}[0-9]{7,10}$")]


async def _named(
    genre: Annotated[list[Word] | None, _repeated("A genre or a theme of the film", "Drama")] = None,
    theme: Annotated[
        list[Word] | None, _repeated("A theme: one of `genre_categories` that is not in `genre`", "Prison")
    ] = None,
    director: Annotated[list[Name] | None, _repeated("A director's name or IMDb id", "Frank Darabont")] = None,
) -> Texts:
    return {"genre": genre, "theme": theme, "director": director}


async def _listed(
    decade: Annotated[list[Decade] | None, _repeated("A decade", "1990s")] = None,
    tone: Annotated[list[Tone] | None, _repeated("A tone of the plot", "Hopeful")] = None,
    kind: Annotated[list[Kind] | None, _repeated("A kind of film", "movie")] = None,
    id: Annotated[list[Id] | None, _repeated("A film's IMDb id", "tt0111161")] = None,
) -> Texts:
    return {"decade": decade, "tone": tone, "kind": kind, "id": id}


async def filter_of(
    named: Annotated[Texts, Depends(_named)],
    listed: Annotated[Texts, Depends(_listed)],
    min_rating: Annotated[
        float | None,
        Query(ge=0, le=10, description="The lowest rating. A film without a rating never passes", examples=[7.5]),
    ] = None,
) -> Filter:
    """Return the filter of a query.

    Values of the same parameter are alternatives. Different parameters must all match. Case, accents, spaces and
    punctuation of names are ignored.
    """
    return parse_filter(named | listed, min_rating)
