"""The way between a library and our own stream: its films are asked for, and what is known of them comes back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import structlog

from cinestream.bus.jetstream import AlreadyQueued, Bus
from cinestream.bus.topology import MOVIES
from cinestream.contracts import Movie, ScrapeRequest, subjects
from cinestream.contracts.errors import Invalid
from cinestream_flow.batch import BatchPolicy, Operation, Result, run_batch
from cinestream_flow.retry import RetryPolicy

log = structlog.get_logger("trakt")
_POLICY = BatchPolicy(max_concurrency=32, flush_size=100, fail_fast=True)
_RETRIES = RetryPolicy(max_attempts=10)


@dataclass(frozen=True)
class StreamLookup:
    """What is asked of our stream about a library, over a bus with the rights of the user `trakt-export`."""

    bus: Bus

    async def directors(self, imdb_ids: Iterable[str], *, enqueue: bool, enrich: bool) -> Mapping[str, str] | None:
        """The directors of those films that our stream has, by IMDb id; None when they are not asked for (`enrich`).

        With `enqueue` the scraper is asked for the films. Raises BatchFailed when the bus does not answer.
        """
        if not (enqueue or enrich):
            return None
        found, queued = dict[str, str](), 0

        async def flush(results: list[Result[tuple[str, bool]]]) -> None:
            nonlocal queued
            for result in results:
                directors, new = result.data or ("", False)
                queued += new
                if directors:
                    found[result.name] = directors

        def ask(id: str) -> Operation[tuple[str, bool]]:
            return Operation(id, lambda: self._film(id, enqueue=enqueue, enrich=enrich), _RETRIES)

        count = await run_batch((ask(id) for id in imdb_ids), flush, _POLICY)
        log.info("library.told", films=count, queued=queued, directors_known=len(found))
        return found if enrich else None

    async def _film(self, id: str, *, enqueue: bool, enrich: bool) -> tuple[str, bool]:
        """The directors, empty when they are not known, and whether the film is newly queued."""
        queued = enqueue and await self._enqueued(id)
        return (await self._directors_of(id) if enrich else ""), queued

    async def _enqueued(self, id: str) -> bool:
        try:
            request = ScrapeRequest.of(id)
            await self.bus.publish(request.subject, request.encode())
        except (AlreadyQueued, Invalid):  # an id that IMDb cannot have: nothing to read
            return False
        return True

    async def _directors_of(self, id: str) -> str:
        stored = await self.bus.last_message(MOVIES, subjects.movie(id))
        try:
            return ", ".join(Movie.decode(stored.envelope).director) if stored else ""
        except Invalid:  # taken down
            return ""
