"""`cinestream-etl load-directors`: fill the directors' records from IMDb's non-commercial data sets.

The data sets add films that no page has been read of. A film with a page always stays as its page says. The command can
be interrupted at any moment, run again with the same files or newer ones, and run beside workers.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import anyio
import orjson
import typer

from cinestream.bus.jetstream import Bus
from cinestream.bus.topology import DIRECTOR_STATS
from cinestream.commands.frame import fail
from cinestream.commands.language import translate
from cinestream.contracts import Invalid, Transient, subjects
from cinestream.runtime.connected import connected
from cinestream.runtime.logs import configure_logs
from cinestream.runtime.settings import bus_settings_of, load_settings
from cinestream_etl.commands.director_tables import DataSets, DirectedFilms, DirectorTables, Report
from cinestream_etl.directors import Contribution, DirectorRecord
from cinestream_etl.store.director_store import update_record
from cinestream_flow.message import Message
from cinestream_flow.pipeline import PipelineLimits, Stage, run_pipeline
from cinestream_flow.retry import RetryPolicy

_STEP = "director_stats"
_CHUNK = 64
"""Directors that are written together. The progress is saved after each chunk."""


def load_data_sets(files: DataSets, work_file: Path) -> None:
    """Fill the directors' statistics from data sets, and print the number of directors and the progress."""
    settings = load_settings(bus_settings_of("etl"), translate=translate)
    configure_logs(settings.log_format, settings.log_level, service="load-directors")

    def report(step: str, done: int) -> None:
        typer.echo(translate("{step}: {done:,}", step=step, done=done), err=True)

    async def run() -> int:
        async with connected(settings, "cinestream-etl-load-directors") as bus:
            # A missing stream or permission is reported before the files are read, which takes minutes.
            await bus.last_message(DIRECTOR_STATS, subjects.director("nm0000001"))
            return await load_directors(bus, files, work_file=work_file, report=report)

    try:
        typer.echo(orjson.dumps({"directors": anyio.run(run)}))
    except (Invalid, Transient) as error:
        fail(Message("load-directors: {error}", error=error))


async def load_directors(bus: Bus, files: DataSets, *, work_file: Path, report: Report) -> int:
    """Write the records of all directors of films.

    The contributions have the time of the file of ratings. The work file is removed at the end.

    Args:
        bus: a connection with the permissions of etl.
        files: the four data sets.
        work_file: the file that keeps the progress.
        report: called with the name of a step and its progress.

    Returns:
        The number of directors written in this run. An interrupted run before it is not counted.

    Raises:
        Invalid: a file is not the expected data set, or the work file belongs to other data sets.
        Transient: the bus did not answer for long. Run the command again to continue.
    """
    tables = DirectorTables(work_file, files)
    try:
        await anyio.to_thread.run_sync(tables.fill, report)
        moment = datetime.fromtimestamp(int(files.ratings.stat().st_mtime), UTC)
        totals = await run_pipeline(
            _directors(tables),
            [Stage("publish", partial(_publish, bus, moment), parallel=2, retries=RetryPolicy())],
            partial(_save_progress, tables, report),
            limits=PipelineLimits(chunk_size=_CHUNK),
        )
    except BaseException:
        tables.close()
        raise
    tables.close(remove=True)
    return totals.written


async def _directors(tables: DirectorTables) -> AsyncIterator[DirectedFilms]:
    for directed in tables.directors(after=tables.done(_STEP)):
        yield directed


async def _publish(bus: Bus, moment: datetime, chunk: Sequence[DirectedFilms]) -> Sequence[DirectedFilms]:
    async def publish_one(directed: DirectedFilms) -> None:
        films = {f"tt{film:07}": Contribution(rating, moment, "") for film, rating in directed.films.items()}
        with_data_set = partial(DirectorRecord.with_data_set, films=films)
        await update_record(bus, f"nm{directed.person:07}", with_data_set)

    async with anyio.create_task_group() as group:
        for directed in chunk:
            group.start_soon(publish_one, directed)
    return chunk


async def _save_progress(tables: DirectorTables, report: Report, chunk: Sequence[DirectedFilms]) -> None:
    tables.mark(_STEP, chunk[-1].person)
    report(_STEP, chunk[-1].person)
