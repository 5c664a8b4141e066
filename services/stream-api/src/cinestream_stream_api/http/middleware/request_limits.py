"""Limits of a request's size, which apply before anything of it is parsed.

The server itself limits the headers together. All other code may then take any parameter or header as short.
"""

from collections import Counter
from urllib.parse import parse_qsl

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cinestream_stream_api.http.problems import ParameterError, problem

MAX_PATH_BYTES = 4_000
MAX_QUERY_BYTES = 16_000
MAX_PARAMETERS = 500
MAX_VALUES = 100
"""Values of one parameter."""
MAX_CHARACTERS = 1_000
"""Characters of the name or the value of a parameter."""
MAX_HEADER_BYTES = 8_000
"""Bytes of one header."""

_QUOTED = 50
_ALWAYS_FITS = 2 * MAX_VALUES
"""Bytes of a query that can break no limit of its parts: each value takes two bytes."""


class RequestLimits:
    """Middleware that refuses requests with parts that are too long."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 400, 414 or 431, or let the request pass."""
        refusal = _refusal(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)


def _refusal(scope: Scope) -> Response | None:
    path, query = scope.get("raw_path") or scope["path"].encode(), scope["query_string"]
    if len(path) > MAX_PATH_BYTES:
        return problem(
            414, "URI Too Long", f"the path must have at most {MAX_PATH_BYTES:,} bytes, and has {len(path):,}"
        )
    if len(query) > MAX_QUERY_BYTES:
        detail = f"the query must have at most {MAX_QUERY_BYTES:,} bytes, and has {len(query):,}"
        return problem(414, "URI Too Long", detail)
    for name, value in scope["headers"]:
        if (size := len(name) + len(value)) > MAX_HEADER_BYTES:
            shown = name[:_QUOTED].decode("latin-1")
            detail = f"the header {shown} must have at most {MAX_HEADER_BYTES:,} bytes with its name, and has {size:,}"
            return problem(431, "Request Header Fields Too Large", detail)
    return _query_refusal(query) if len(query) > _ALWAYS_FITS else None


def _query_refusal(query: bytes) -> Response | None:
    if query.count(b"&") >= MAX_PARAMETERS:
        return problem(400, "Bad Request", f"the query must have at most {MAX_PARAMETERS} parameters")
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    for name, value in pairs:
        if max(len(name), len(value)) > MAX_CHARACTERS:
            part = "value" if len(value) > MAX_CHARACTERS else "name"
            return _bad_parameter(name, f"the {part} must have at most {MAX_CHARACTERS:,} characters")
    for name, count in Counter(name for name, _ in pairs).items():
        if count > MAX_VALUES:
            return _bad_parameter(name, f"must have at most {MAX_VALUES} values, and has {count}")
    return None


def _bad_parameter(name: str, reason: str) -> Response:
    error = ParameterError(parameter=name[:_QUOTED], reason=reason)
    return problem(400, "Bad Request", f"{error.parameter}: {reason}", errors=[error])
