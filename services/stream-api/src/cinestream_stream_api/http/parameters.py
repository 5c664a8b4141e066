"""The checks of query parameters that hold for all routes, made from the OpenAPI document.

A misspelt filter that is ignored would give the client every film, without any sign of the mistake. Of a parameter that
is given twice, one value would be ignored. Python's numbers may have underscores and digits of any script, which no
other program reads.
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any
from urllib.parse import unquote_to_bytes

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from cinestream_stream_api.events.resume import BadQuery

_NUMBERS = {
    "integer": ("a whole number", re.compile(r"-?[0-9]+")),
    "number": ("a number", re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")),
}
"""The types of numbers, how errors name them, and their forms."""


class BlankParameters:
    """Middleware that removes query parameters without a value, so that they count as absent.

    Forms and scripts send the fields that a user left empty.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if query := scope.get("query_string"):
            scope = {**scope, "query_string": b"&".join(pair for pair in query.split(b"&") if not _is_blank(pair))}
        await self._app(scope, receive, send)


def _is_blank(pair: bytes) -> bool:
    return not unquote_to_bytes(pair.partition(b"=")[2].replace(b"+", b" ")).strip()


def check_parameters(request: Request) -> None:
    """Refuse query parameters that the route does not document, repeated ones, and numbers in an unusual form.

    Use it as a dependency of routes.

    Raises:
        BadQuery: a parameter is wrong. The reason names what is accepted.
    """
    if not request.query_params:
        return
    operation = request.app.openapi()["paths"][request.scope["route"].path]["get"]
    known = {p["name"]: list(_schemas(p["schema"])) for p in operation.get("parameters", ()) if p["in"] == "query"}
    for name in request.query_params:
        if name not in known:
            raise BadQuery(name, _suggestion(name, list(known)))
        _check(name, request.query_params.getlist(name), known[name])


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
