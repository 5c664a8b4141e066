"""Requests of the exporter to our own stream of films, over NATS."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cinestream.bus.jetstream import AlreadyQueued, Bus
from cinestream.bus.topology import MOVIES
from cinestream.contracts import Movie, ScrapeRequest, subjects
from cinestream.contracts.errors import Invalid
from cinestream_flow.batch import BatchPolicy, Operation, Result, run_batch
from cinestream_flow.logger import get_logger
from cinestream_flow.retry import RetryPolicy

log = get_logger("trakt")
_POLICY = BatchPolicy(max_concurrency=32, flush_size=100, fail_fast=True)
_RETRIES = RetryPolicy(max_attempts=10)


@dataclass(frozen=True)
class StreamLookup:
    """A client of our stream. Its bus needs the rights of the NATS user `trakt-export`."""

    bus: Bus

    async def directors(self, imdb_ids: Iterable[str], *, enqueue: bool, enrich: bool) -> Mapping[str, str] | None:
        """Return the directors of the films that our stream has, by IMDb id. Return None without `enrich`.

        Args:
            imdb_ids: the films.
            enqueue: queue the films for the scraper as well.
            enrich: look up the directors.

        Raises:
            BatchFailed: NATS does not answer.
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

        def operation(id: str) -> Operation[tuple[str, bool]]:
            return Operation(id, lambda: self._film(id, enqueue=enqueue, enrich=enrich), _RETRIES)

        count = await run_batch((operation(id) for id in imdb_ids), flush, _POLICY)
        log.info("library.looked_up", films=count, queued=queued, directors_known=len(found))
        return found if enrich else None

    async def _film(self, id: str, *, enqueue: bool, enrich: bool) -> tuple[str, bool]:
        """Return the directors of a film, and True if the film was queued just now.

        The directors are an empty text if our stream does not have them.
        """
        queued = enqueue and await self._enqueue(id)
        return (await self._look_up(id) if enrich else ""), queued

    async def _enqueue(self, id: str) -> bool:
        try:
            request = ScrapeRequest.of(id)
            await self.bus.publish(request.subject, request.encode())
        except (AlreadyQueued, Invalid):  # the film is queued already, or the id is not one of IMDb
            return False
        return True

    async def _look_up(self, id: str) -> str:
        stored = await self.bus.last_message(MOVIES, subjects.movie(id))
        try:
            return ", ".join(Movie.decode(stored.envelope).director) if stored else ""
        except Invalid:  # the film was taken down
            return ""
