"""Refusals and failed connections, as text for the user."""

import os
from typing import Any

import anyio
import httpx2
import orjson

from cinestream.commands.exit_codes import ExitCode
from cinestream.commands.frame import fail
from cinestream_flow.errors import Invalid, Transient
from cinestream_flow.message import Message
from cinestream_flow.printable import printable

_TEMPORARY = {408, 429, 500, 502, 503, 504}
_MAX_DETAIL, _MAX_BODY_BYTES, _BODY_SECONDS = 300, 1 << 16, 5.0
_EVENT_STREAM = "text/event-stream"
NO_CONNECTION = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError)


async def require_stream(response: httpx2.Response, url: str) -> None:
    """Check that a response is a stream. `url` is its address for messages.

    Raises:
        Transient: the server refuses for the moment.
        Invalid: it is no stream, or it needs a token.
        typer.Exit: the server refuses a parameter.
    """
    status = response.status_code
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if status == 200 and kind == _EVENT_STREAM:
        return
    if status in (200, 404):
        raise Invalid(
            Message(
                "{url} is no stream of films: name the address of stream-api, such as http://localhost:3000", url=url
            )
        )
    detail = await _detail(response)
    if status in _TEMPORARY:
        raise Transient(Message("the server answers {detail}", detail=detail), retry_after=_retry_after(response))
    if status == 400:
        fail(Message("{url}: {detail}", url=url, detail=detail), ExitCode.USAGE)
    if status == 401:
        raise Invalid(Message("{url} needs a token: set CINESTREAM_WATCH_TOKEN to one of the server's", url=url))
    raise Invalid(Message("{url}: {detail}", url=url, detail=detail))


def reason_of(error: Exception, read_seconds: float) -> Message:
    """Return the reason why a connection failed.

    Args:
        error: the error of the connection.
        read_seconds: time without a heartbeat after which a connection counts as dead.
    """
    if isinstance(error, Transient):
        return Message("{error}", error=error)
    if isinstance(error, httpx2.ReadTimeout):
        return Message("nothing came for {seconds} s, not even a heartbeat", seconds=round(read_seconds))
    if isinstance(error, httpx2.ConnectTimeout):
        return Message("no connection within 10 s")
    if isinstance(error, httpx2.RemoteProtocolError):
        return Message("the connection broke")
    cause = _system_error(error)
    return Message("{reason}", reason=os.strerror(cause.errno or 0) if cause else str(error) or type(error).__name__)


async def _detail(response: httpx2.Response) -> str:
    """Return the detail of the server's answer (RFC 9457), else the status."""
    try:
        problem: Any = orjson.loads(await _beginning(response))
        return printable(str(problem["detail"]))[:_MAX_DETAIL]
    except (ValueError, TypeError, KeyError, httpx2.TransportError):
        return f"{response.status_code} {response.reason_phrase}".strip()


async def _beginning(response: httpx2.Response) -> bytes:
    """Return the beginning of a body, which may have no end."""
    body = bytearray()
    with anyio.move_on_after(_BODY_SECONDS):
        async for part in response.aiter_bytes():
            body += part
            if len(body) > _MAX_BODY_BYTES:
                break
    return bytes(body)


def _retry_after(response: httpx2.Response) -> float | None:
    value = response.headers.get("retry-after", "")
    return float(value) if value.isascii() and value.isdigit() else None


def _system_error(error: BaseException | None) -> OSError | None:
    """Return the error of the operating system that caused another error."""
    while error is not None:
        if isinstance(error, BaseExceptionGroup):
            return _system_error(error.exceptions[0])
        if isinstance(error, OSError) and error.errno and error.errno > 0:
            return error
        error = error.__cause__ or error.__context__
    return None
