"""`cinestream-etl reprocess`: settle stored pages again with today's parser.

Each page takes the same path as in the service, so only real changes are published and workers may run meanwhile.
Nothing is acknowledged, and no dead letters are written: an invalid page has its dead letter from the first time.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime

import anyio
import orjson
import typer

from cinestream.bus.jetstream import Bus, StoredMessage
from cinestream.bus.topology import PAGES
from cinestream.commands.exit_codes import ExitCode
from cinestream.commands.frame import fail
from cinestream.commands.language import translate
from cinestream.contracts import Invalid, Kind, Transient, subjects
from cinestream.contracts.request import ScrapeRequest
from cinestream.runtime.connected import connected
from cinestream.runtime.logs import configure_logs
from cinestream.runtime.settings import load_settings
from cinestream_etl.catalogue import KnownFilms
from cinestream_etl.service import settle_page
from cinestream_etl.settings import EtlSettings
from cinestream_etl.store.catalogue_feed import read_movies
from cinestream_etl.tone.model import ToneModel, classify_tone
from cinestream_etl.tone.selection import select_tone_model
from cinestream_flow.logger import get_logger
from cinestream_flow.message import Message

log = get_logger("reprocess")
_BATCH = 20
_MAX_FILMS = 20_000
"""The newest films, which are recommended where a page has no recommendations."""


def reprocess_pages(since: str, titles: Iterable[str]) -> None:
    """Settle stored pages again, and print the number of pages by result.

    Args:
        since: The earliest time of storage, ISO 8601.
        titles: The titles to read, or none to read all.
    """
    moment, ids = _selection(since, titles)
    settings = load_settings(EtlSettings, translate=translate)
    configure_logs(settings.log_format, settings.log_level, service="reprocess")

    async def run() -> Counter[str]:
        tone_model = select_tone_model(settings.etl_tone_model)
        async with connected(settings, "cinestream-etl-reprocess") as bus:
            return await reprocess(bus, since=moment, ids=ids, tone_model=tone_model)

    try:
        typer.echo(orjson.dumps(anyio.run(run)))
    except (Invalid, Transient) as error:
        fail(Message("reprocess: {error}", error=error))


def _selection(since: str, titles: Iterable[str]) -> tuple[datetime, list[str]]:
    """Return the time and the ids of the options. Exit with code 2 if one is wrong."""
    try:
        moment = datetime.fromisoformat(since)
        ids = [ScrapeRequest.of(title).id for title in titles]
    except Invalid as error:
        fail(Message("reprocess: {error}", error=error), ExitCode.USAGE)
    except ValueError:
        example = "2026-11-21T08:00:00Z"
        fail(
            Message("--since: expected a time like {example}, got {since!r}", example=example, since=since),
            ExitCode.USAGE,
        )
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC), ids


async def reprocess(
    bus: Bus, *, since: datetime, ids: Iterable[str] = (), tone_model: ToneModel = classify_tone
) -> Counter[str]:
    """Settle every page of a title that was stored at `since` or later.

    Args:
        bus: a connection with the permissions of etl.
        since: a time with a time zone.
        ids: the titles to read, or none to read all.
        tone_model: the model that classifies plots.

    Returns:
        The number of pages by result, as the metric `cinestream_etl_pages_total` counts them.

    Raises:
        Transient: the bus does not answer, or too many races were lost.
    """
    results: Counter[str] = Counter()
    known_films = KnownFilms(_MAX_FILMS)
    await read_movies(bus, known_films, start=1, max_films=_MAX_FILMS)
    first = await bus.first_message_since(PAGES, since)
    for id in ids or ["*"]:
        async for stored in _pages(bus, subjects.page(Kind.TITLE, id), first.sequence if first else None):
            try:
                result = await settle_page(bus, stored.envelope, tone_model=tone_model, known_films=known_films)
            except Invalid as error:
                result = "invalid"
                log.warning("page.invalid", subject=stored.subject, sequence=stored.sequence, reason=str(error))
            results[result] += 1
    return results


async def _pages(bus: Bus, subject: str, start: int | None) -> AsyncIterator[StoredMessage]:
    while start is not None:
        batch = await bus.read(PAGES, start=start, limit=_BATCH, subject=subject)
        for stored in batch:
            yield stored
        start = batch[-1].sequence + 1 if batch else None
