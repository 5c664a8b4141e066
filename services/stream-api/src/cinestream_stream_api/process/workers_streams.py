"""The open streams of all workers, as their parent process asks for them."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import anyio

from cinestream_stream_api.process.ops_streams import STREAMS
from cinestream_stream_api.process.worker_process import WorkerProcess


class WorkersStreams:
    """The open streams of several workers.

    Args:
        workers: all workers, each of which answers on an ops port of its own.
    """

    def __init__(self, workers: Sequence[WorkerProcess]) -> None:
        self._workers = workers

    async def list(self, limit: int) -> dict[str, Any]:
        """Return the streams that have been open for longest.

        `unanswered` has the numbers of the workers that did not answer, so that their streams are missing.
        """
        answers = await self._ask("GET", f"{STREAMS}?limit={limit}")
        streams = [stream for _, answer in answers.values() for stream in answer["streams"]]
        streams.sort(key=lambda stream: stream["seconds"], reverse=True)
        return {
            "total": sum(answer["total"] for _, answer in answers.values()),
            "streams": streams[:limit],
            "unanswered": [number for number in range(len(self._workers)) if number not in answers],
        }

    async def end(self, id: str) -> bool:
        """End a stream. Return False if no worker has one with this id."""
        answers = await self._ask("DELETE", f"{STREAMS}/{quote(id, safe='')}")
        return any(status == 204 for status, _ in answers.values())

    async def _ask(self, method: str, path: str) -> dict[int, tuple[int, Any]]:
        """Return the answers by the number of the worker, without workers that do not answer."""
        answers: dict[int, tuple[int, Any]] = {}

        async def ask(number: int, worker: WorkerProcess) -> None:
            try:
                answers[number] = await worker.request(method, path)
            except OSError:
                return

        async with anyio.create_task_group() as group:
            for number, worker in enumerate(self._workers):
                group.start_soon(ask, number, worker)
        return answers
