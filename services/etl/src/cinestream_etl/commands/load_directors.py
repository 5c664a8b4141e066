"""`cinestream-etl load-directors`: the statistics of every director from IMDb's non-commercial data sets.

A film that a page was read of is the page's, always: the data set fills in the others. It can be repeated, with the
same files or newer ones, interrupted at any moment, and run beside workers.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import anyio

from cinestream.bus.jetstream import Bus
from cinestream_etl.commands.director_tables import DataSets, Directed, Report, Tables
from cinestream_etl.directors import Contribution, Record
from cinestream_etl.store.director_store import change
from cinestream_flow.pipeline import PipelineLimits, Stage, run_pipeline
from cinestream_flow.retry import RetryPolicy

_STEP = "director_stats"
_CHUNK = 64
"""Directors that are written at once, and remembered as written."""


async def load_directors(bus: Bus, files: DataSets, *, work_file: Path, report: Report) -> int:
    """Write the records of all directors of films; returns of how many since it was begun or resumed.

    The time of the contributions is that of the file of ratings. The work file is removed at the end.

    Raises:
        Invalid: a file is not the data set that it should be, or the work file is another's.
        Transient: the bus did not answer for long; run it again to go on.
    """
    tables = Tables(work_file, files)
    try:
        await anyio.to_thread.run_sync(tables.fill, report)
        moment = datetime.fromtimestamp(int(files.ratings.stat().st_mtime), UTC)
        totals = await run_pipeline(
            _directors(tables),
            [Stage("publish", partial(_publish, bus, moment), parallel=2, retries=RetryPolicy())],
            partial(_remember, tables, report),
            limits=PipelineLimits(chunk_size=_CHUNK),
        )
    except BaseException:
        tables.close()
        raise
    tables.close(remove=True)
    return totals.written


async def _directors(tables: Tables) -> AsyncIterator[Directed]:
    for directed in tables.directors(after=tables.done(_STEP)):
        yield directed


async def _publish(bus: Bus, moment: datetime, chunk: Sequence[Directed]) -> Sequence[Directed]:
    async def one(directed: Directed) -> None:
        films = {f"tt{film:07}": Contribution(rating, moment, "") for film, rating in directed.films.items()}
        await change(bus, f"nm{directed.person:07}", partial(Record.with_data_set, films=films))

    async with anyio.create_task_group() as group:
        for directed in chunk:
            group.start_soon(one, directed)
    return chunk


async def _remember(tables: Tables, report: Report, chunk: Sequence[Directed]) -> None:
    tables.mark(_STEP, chunk[-1].person)
    report(_STEP, chunk[-1].person)
