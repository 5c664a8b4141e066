"""Errors as problem details (RFC 9457), `application/problem+json`."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match

from cinestream.contracts import Transient
from cinestream_flow.logger import get_logger
from cinestream_stream_api.catalogue.shared_work import TooManyQuestions
from cinestream_stream_api.events.resume import BadQuery

PROBLEM = "application/problem+json"
RETRY_AFTER = "5"

log = get_logger("stream")

_TOO_MANY = "this address has reached its limit of open streams"
_INTERNAL = "an internal error; the service's log has the details"
_UNAVAILABLE = "the films cannot be reached at the moment"
_TEXTS = {
    400: ("A parameter is invalid", "replay: Input should be greater than or equal to 0"),
    401: (
        "A valid token is needed",
        "a token is needed; send `Authorization: Bearer <token>`, or the cookie that POST /session sets",
    ),
    403: (
        "A page of this site may not do this",
        "a page of https://stranger.example may not sign in at localhost:3000",
    ),
    404: ("The requested object does not exist", "there is no film tt0000000"),
    406: (
        "The client accepts no format of the stream",
        "nothing here is acceptable. Send Accept: text/event-stream or Accept: application/x-ndjson",
    ),
    410: ("The film was taken down", "the film tt0111161 was taken down"),
    413: ("The body is too large", "the body is larger than 4096 bytes"),
    414: ("The path or the query is too long", "the query must have at most 16,000 bytes, and has 60,000"),
    415: ("The body has another format", "send application/json or application/x-www-form-urlencoded"),
    429: ("This address has reached a limit", _TOO_MANY),
    431: ("A header is too long", "the header cookie must have at most 8,000 bytes with its name, and has 60,006"),
    500: ("An internal error", _INTERNAL),
    503: ("The service cannot answer now. Try again later", _UNAVAILABLE),
}
"""The meaning of each status, and the detail of an example."""


class ParameterError(BaseModel):
    """A parameter with an invalid value."""

    parameter: str
    reason: str


class Problem(BaseModel):
    """Problem details (RFC 9457)."""

    type: str = "about:blank"
    title: Annotated[str, Field(examples=["Not Found"])]
    status: Annotated[int, Field(examples=[404])]
    detail: Annotated[str, Field(examples=["there is no film tt0000000"])]
    errors: list[ParameterError] = []


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route that answers these statuses with problem details."""
    return {status: _documented(status, *_TEXTS[status]) for status in statuses}


def _documented(status: int, meaning: str, detail: str) -> dict[str, Any]:
    example = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    schema = {"$ref": "#/components/schemas/Problem"}
    response: dict[str, Any] = {"description": meaning, "content": {PROBLEM: {"schema": schema, "example": example}}}
    if status in (429, 503):
        response["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds"}}
    return response


def problem(
    status: int,
    title: str,
    detail: str,
    *,
    errors: list[ParameterError] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """Return a response with problem details."""
    body = Problem(title=title, status=status, detail=detail, errors=errors or [])
    return JSONResponse(body.model_dump(exclude_defaults=False), status, headers, PROBLEM)


def unavailable(detail: str) -> JSONResponse:
    """Return a 503 response with a `Retry-After` header."""
    return problem(503, "Service Unavailable", detail, headers={"Retry-After": RETRY_AFTER})


def too_many() -> JSONResponse:
    """Return a 429 response for an address that has reached its limit of streams."""
    return problem(429, "Too Many Requests", _TOO_MANY, headers={"Retry-After": RETRY_AFTER})


def not_acceptable(offered: Sequence[str]) -> JSONResponse:
    """Return a 406 response that names the media types which can be sent."""
    accepted = " or ".join(f"Accept: {media_type}" for media_type in offered)
    return problem(406, "Not Acceptable", f"nothing here is acceptable. Send {accepted}")


def _ends_in_slash(error: HTTPException, path: str) -> bool:
    return error.status_code == 404 and len(path) > 1 and path.endswith("/")


def _allowed_methods(request: Request) -> list[str]:
    """Return the methods that some route accepts for the address of a request.

    The framework names only those of the first route with this address, and not HEAD.
    """

    def accepts(method: str) -> bool:
        # A new scope: the one of the request has what the first route has left in it.
        scope = {"type": "http", "path": request.scope["path"], "method": method, "headers": []}
        candidates = (route.matches(dict(scope)) for route in request.app.routes)
        return any(match is Match.FULL for match, _ in candidates)

    # A mount matches every method. Its files can only be read.
    methods = [] if accepts("*") else [method for method in ("POST", "PUT", "PATCH", "DELETE") if accepts(method)]
    return ["GET", "HEAD", *methods] if accepts("GET") else methods


def add_problems(app: FastAPI) -> None:
    """Answer every error of the application with problem details."""

    @app.exception_handler(BadQuery)
    async def bad_query(_: Request, error: BadQuery) -> JSONResponse:
        errors = [ParameterError(parameter=error.parameter, reason=error.reason)]
        return problem(400, "Bad Request", str(error), errors=errors)

    @app.exception_handler(RequestValidationError)
    async def bad_request(_: Request, error: RequestValidationError) -> JSONResponse:
        errors = [ParameterError(parameter=str(e["loc"][-1]), reason=str(e["msg"])) for e in error.errors()]
        detail = "; ".join(f"{e.parameter}: {e.reason}" for e in errors)
        return problem(400, "Bad Request", detail, errors=errors)

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> JSONResponse:
        title, path, headers = str(error.detail), request.url.path, dict(error.headers or {})
        detail = f"there is nothing at {path}; remove the last /" if _ends_in_slash(error, path) else title
        if error.status_code == 405:
            headers["Allow"] = allowed = ", ".join(_allowed_methods(request))
            detail = f"{request.method} is not possible at {path}. Allowed: {allowed}"
        return problem(error.status_code, title, detail, headers=headers)

    @app.exception_handler(TooManyQuestions)
    async def too_many_questions(_: Request, __: TooManyQuestions) -> JSONResponse:
        return unavailable("too many counts with different filters are requested; try again later")

    @app.exception_handler(ClientDisconnect)
    async def client_disconnected(_: Request, __: ClientDisconnect) -> JSONResponse:
        # Nobody gets this answer. Without it the disconnect would be logged as an internal error.
        return problem(400, "Bad Request", "the body is incomplete")

    @app.exception_handler(Exception)
    async def internal_error(_: Request, __: Exception) -> JSONResponse:
        # Starlette raises the error again after this response, and the server logs it.
        return problem(500, "Internal Server Error", _INTERNAL)

    @app.exception_handler(Transient)
    async def transient(_: Request, error: Transient) -> JSONResponse:
        log.warning("request.nats_unavailable", reason=str(error))
        return unavailable(_UNAVAILABLE)
