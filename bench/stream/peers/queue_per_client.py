"""The usual server: FastAPI and sse-starlette, with a queue and a JSON dump per client."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from sse_starlette.sse import EventSourceResponse

app = FastAPI()
queues: set[asyncio.Queue[dict[str, Any]]] = set()


@app.post("/pub")
async def publish(request: Request) -> None:
    """Put an event into the queue of every client."""
    event = json.loads(await request.body())
    for queue in queues:
        queue.put_nowait(event)


@app.get("/sub")
async def subscribe() -> EventSourceResponse:
    """Stream the events from now on."""
    queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    queues.add(queue)

    async def events() -> AsyncIterator[dict[str, str]]:
        try:
            while True:
                yield {"event": "movie", "data": json.dumps(await queue.get(), separators=(",", ":"))}
        finally:
            queues.discard(queue)

    return EventSourceResponse(events(), headers={"X-Open": "1"}, ping=15)


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="error", backlog=4096)
