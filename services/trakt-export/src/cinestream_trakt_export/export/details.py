"""Details of films, requested from Trakt in batches."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from cinestream_flow.batch import BatchPolicy, Operation, Result, run_batch
from cinestream_flow.message import message_of
from cinestream_trakt_export.settings import TraktSettings
from cinestream_trakt_export.trakt.client import ApiResponse, Trakt

Write = Callable[[dict[str, Any]], None]


async def read_details(
    trakt: Trakt, settings: TraktSettings, ids: Iterable[str], write: Write, *, fail_fast: bool = False
) -> tuple[int, int]:
    """Request films and write one record for each. Return the number of records and the number of failures.

    A record has `id`, `seconds`, `attempts`, and either `movie` or `error`. It has `stale` if Trakt is down and the
    film comes from the cache. Records are written in the order in which the answers arrive.

    Args:
        trakt: the client.
        settings: the level of detail and the sizes of the batches.
        ids: Trakt ids, slugs or IMDb ids.
        write: receives each record.
        fail_fast: stop at the first film that cannot be read.

    Raises:
        BatchFailed: a film cannot be read, with `fail_fast`.
    """
    failed = 0
    level = settings.api.extended
    query: dict[str, str] = {} if level in ("letterboxd", "min") else {"extended": level}

    async def flush(results: list[Result[ApiResponse]]) -> None:
        nonlocal failed
        for result in results:
            failed += result.error is not None
            write(record(result))

    operations = (Operation(id, _request_of(trakt, id, query), trakt.policy, trakt.is_retryable) for id in ids)
    policy = BatchPolicy(trakt.pool.size, settings.worker_pool.buffer_size, fail_fast=fail_fast)
    return await run_batch(operations, flush, policy), failed


def _request_of(trakt: Trakt, id: str, query: dict[str, str]) -> Callable[[], Awaitable[ApiResponse]]:
    return lambda: trakt.once(f"/movies/{id}", **query)


def record(result: Result[ApiResponse]) -> dict[str, Any]:
    """Return a result as a record."""
    found = {"id": result.name, "seconds": round(result.seconds, 4), "attempts": result.attempts}
    if result.data is None:
        return {**found, "error": message_of(result.error)}
    return {**found, "movie": result.data.content} | ({"stale": True} if result.data.stale else {})
