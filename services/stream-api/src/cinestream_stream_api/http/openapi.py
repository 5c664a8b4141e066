"""The parts of the OpenAPI document that FastAPI does not derive from the routes: errors, tokens and examples."""

from typing import Any

from fastapi import FastAPI

from cinestream_stream_api.http.access.tokens import COOKIE
from cinestream_stream_api.http.problems import ParameterError, Problem, documented

_TEMPLATE = "#/components/schemas/{model}"

_SCHEMES: dict[str, Any] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "For programs"},
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "For `EventSource`, which cannot send a header. `POST /session` sets it",
    },
}
"""The two ways to send a token."""

FILM: dict[str, Any] = {
    "id": "tt0111161",
    "title": "The Shawshank Redemption",
    "rating": 9.3,
    "year": "1994",
    "release_date": "1994-09-23",
    "director": ["Frank Darabont"],
    "genre": ["Drama", "Crime"],
    "plot": "A banker convicted of a double murder befriends another prisoner and never gives up hope.",
    "writers": ["Stephen King", "Frank Darabont"],
    "stars": ["Tim Robbins", "Morgan Freeman"],
    "decade_category": "1990s",
    "genre_categories": ["Prison", "Drama", "Adaptation"],
    "director_stats": {"total_movies": 4, "average_rating": 8.2},
    "sentiment_analysis": {"plot_tone": "Hopeful", "keyword_score": 0.85},
    "recommendations": [{"id": "tt0068646", "title": "The Godfather"}],
    "published_at": "2026-11-21T08:00:00.000Z",
    "page_read_at": "2026-11-21T07:59:58.000Z",
}
"""The film of all examples."""


def example(value: object, **more: Any) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` entry of a route for status 200, with an example."""
    return {200: {"content": {"application/json": {"example": value}}, **more}}


def describe(app: FastAPI, *, has_tokens: bool) -> None:
    """Complete the OpenAPI document of the application. It describes tokens only if there are any."""
    original = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(original(), has_tokens=has_tokens)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _completed(document: dict[str, Any], *, has_tokens: bool) -> dict[str, Any]:
    # Errors are problem details, so FastAPI's own models of errors are replaced.
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for own in ("HTTPValidationError", "ValidationError"):
        schemas.pop(own, None)
    for model in (Problem, ParameterError):
        schema = model.model_json_schema(ref_template=_TEMPLATE, mode="serialization")
        schema.pop("$defs", None)
        schemas[model.__name__] = schema
    if has_tokens:
        components["securitySchemes"] = _SCHEMES
        document["security"] = [{name: []} for name in _SCHEMES]
    everywhere = documented(*((401,) if has_tokens else ()), 414, 431, 500)
    for operations in document["paths"].values():
        for operation in operations.values():
            responses = operation["responses"]
            responses.pop("422", None)
            responses |= {str(status): response for status, response in everywhere.items()}
            operation["responses"] = dict(sorted(responses.items()))
    return document
