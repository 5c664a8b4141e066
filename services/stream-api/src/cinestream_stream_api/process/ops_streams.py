"""The ops endpoints of open streams: `GET /ops/streams` lists them, `DELETE /ops/streams/{id}` ends one."""

from typing import Any, Protocol

from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from cinestream.runtime.ops_access import for_operators
from cinestream_stream_api.stream.hub import Hub

STREAMS = "/ops/streams"

_DEFAULT_LIMIT, _MAX_LIMIT = 1000, 10_000


class OpenStreams(Protocol):
    """The open streams of the service."""

    async def list(self, limit: int) -> dict[str, Any]:
        """Return `total`, the number of open streams, and `streams`, at most `limit` of them."""

    async def end(self, id: str) -> bool:
        """End a stream. Return False if there is none with this id."""


class OwnStreams:
    """The open streams of this process. There are none before `hub` is set."""

    hub: Hub | None = None

    async def list(self, limit: int) -> dict[str, Any]:
        """Return the streams that have been open for longest."""
        if self.hub is None:
            return {"total": 0, "streams": []}
        return {"total": len(self.hub.listeners), "streams": self.hub.open_streams(limit)}

    async def end(self, id: str) -> bool:
        """End a stream. Return False if there is none with this id."""
        return self.hub is not None and self.hub.end_one(id)


def stream_routes(streams: OpenStreams, token: SecretStr) -> list[BaseRoute]:
    """Return the routes, which are for operators only.

    Args:
        streams: the open streams.
        token: the operators' token. Empty if only requests from this machine are answered.
    """

    async def list_streams(request: Request) -> Response:
        limit = request.query_params.get("limit", str(_DEFAULT_LIMIT))
        if not (limit.isascii() and limit.isdigit() and len(limit) < 6 and 1 <= int(limit) <= _MAX_LIMIT):
            return JSONResponse({"reason": f"limit: expected a number from 1 to {_MAX_LIMIT}"}, status_code=400)
        return JSONResponse(await streams.list(int(limit)))

    async def end_stream(request: Request) -> Response:
        if await streams.end(request.path_params["id"]):
            return Response(status_code=204)
        return JSONResponse({"reason": "no stream has this id"}, status_code=404)

    return [
        Route(STREAMS, for_operators(list_streams, token)),
        Route(STREAMS + "/{id}", for_operators(end_stream, token), methods=["DELETE"]),
    ]
