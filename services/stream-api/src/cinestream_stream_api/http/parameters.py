"""The checks of query parameters that hold for all routes, made from the OpenAPI document.

A misspelt filter that is ignored would give the client every film, without any sign of the mistake. Of a parameter that
is given twice, one value would be ignored. Python's numbers may have underscores and digits of any script, which no
other program reads.
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from fastapi import FastAPI, Request

from cinestream_stream_api.events.resume import BadQuery

_NUMBERS = {
    "integer": ("a whole number", re.compile(r"-?[0-9]+")),
    "number": ("a number", re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")),
}
"""The types of numbers, how errors name them, and their forms."""


async def check_parameters(request: Request) -> None:
    """Refuse query parameters that the route does not document, repeated ones, and numbers in an unusual form.

    Use it as a dependency of routes.

    Raises:
        BadQuery: a parameter is wrong. The reason names what is accepted.
    """
    if not request.query_params:
        return
    known = _documented(request.app, request.scope["route"].path)
    for name in request.query_params:
        if name not in known:
            raise BadQuery(name, _suggestion(name, list(known)))
        _check(name, request.query_params.getlist(name), known[name])


@lru_cache(maxsize=32)
def _documented(app: FastAPI, path: str) -> dict[str, list[dict[str, Any]]]:
    """Return the query parameters of a route with the alternatives of their schemas."""
    parameters = app.openapi()["paths"][path]["get"].get("parameters", ())
    return {p["name"]: list(_schemas(p["schema"])) for p in parameters if p["in"] == "query"}


def _check(name: str, values: list[str], schemas: list[dict[str, Any]]) -> None:
    types = {schema.get("type"): schema for schema in schemas}
    if len(values) > 1 and "array" not in types:
        raise BadQuery(name, f"given {len(values)} times. Give it once")
    for type, (words, form) in _NUMBERS.items():
        if type in types and "string" not in types and not form.fullmatch(values[0]):
            pointed = values[0].replace(",", ".")
            example = pointed if type == "number" and form.fullmatch(pointed) else _example(types[type])
            raise BadQuery(name, f"expected {words}, like {example}")


def _schemas(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the alternatives of a schema."""
    yield from schema.get("anyOf", (schema,))


def _example(schema: dict[str, Any]) -> int:
    """Return a number within the bounds of a schema."""
    return int(min(max(5, schema.get("minimum", 5)), schema.get("maximum", 5)))


def _suggestion(name: str, known: list[str]) -> str:
    if close := get_close_matches(name, known, 1):
        return f"unknown parameter. Did you mean {close[0]}?"
    return f"unknown parameter. Accepted: {', '.join(known) or 'none'}"
