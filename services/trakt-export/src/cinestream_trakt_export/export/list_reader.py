"""The reader of lists: it sends the pages of a source through the pipeline into a store."""

from collections.abc import AsyncIterator
from typing import Any

from cinestream_flow.pipeline import Stage, run_pipeline
from cinestream_trakt_export import metrics
from cinestream_trakt_export.export.sources import ListTarget, Pages


async def read_list(pages: Pages, target: ListTarget[Any]) -> None:
    """Fetch the pages of a list until there are no more, and store their items in order."""
    fetched = 0
    # The first page reports how many there are, and a list may grow while it is read.
    while fetched < pages.total:
        numbers, fetched = range(fetched + 1, pages.total + 1), pages.total
        bounds = pages.bounds
        stages: list[Stage[Any, Any]] = [
            Stage("fetch", pages.fetch, parallel=bounds.parallel_fetches),
            Stage("parse", target.parse),
        ]
        totals = await run_pipeline(_each(numbers), stages, target.add, limits=bounds.limits, on_rejected=target.skip)
        if pages.metered:
            metrics.record_pipeline(totals)


async def _each(numbers: range) -> AsyncIterator[int]:
    for number in numbers:
        yield number
