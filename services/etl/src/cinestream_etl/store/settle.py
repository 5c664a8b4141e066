"""The shell of the pipeline: gathers the facts for the stages, and stores what they make of a page.

A film's contribution is in its directors' records before the film is published, so that no published statistics miss
it; every step can be repeated, so a crash between any two costs nothing but the repetition.
"""

import gc
import time
from collections.abc import Iterable
from functools import partial

import anyio
import structlog

from cinestream.bus.consume import Work, consume
from cinestream.bus.jetstream import Bus, Delivery
from cinestream.bus.topology import PAGES, stream
from cinestream.contracts import Envelope, Invalid, Outcome, RawPage, Transient
from cinestream.contracts.page import html_bytes
from cinestream.runtime.service import Context
from cinestream_etl import metrics
from cinestream_etl.catalogue import Catalogue
from cinestream_etl.directors import Record
from cinestream_etl.drift import Watch
from cinestream_etl.settings import EtlSettings
from cinestream_etl.stages.film import Film, Filtered, read_page
from cinestream_etl.stages.title import FIELDS, absent
from cinestream_etl.store import versions
from cinestream_etl.store.catalogue_feed import follow
from cinestream_etl.store.director_store import Change, change
from cinestream_etl.store.versions import Decision
from cinestream_etl.tone.digest import digest
from cinestream_etl.tone.model import Hear, tone

log = structlog.get_logger("etl")
DURABLE = "etl"
_TRIES = 20
_OBJECTS = 50_000
"""New objects after which cycles of them are looked for: a page's data are ten thousand, and have none."""


async def serve(context: Context[EtlSettings]) -> None:
    """Turn pages into movies until the context says stop."""
    settings, bus = context.settings, context.bus
    ack_wait = next(c.ack_wait for c in stream(PAGES).consumers if c.name == DURABLE)
    work = Work("etl", concurrency=settings.etl_hands, max_failures=settings.etl_max_failures, ack_wait=ack_wait)
    gc.freeze()
    gc.set_threshold(_OBJECTS)
    watch, catalogue = Watch(settings.etl_drift_window), Catalogue(settings.etl_catalogue_films)
    context.health.degraded.append(watch.reasons)
    metrics.TONE.labels(settings.etl_tone_model, digest()).set(1)
    pull = await bus.pull(PAGES, DURABLE)
    handler = partial(handle, bus, watch=watch, catalogue=catalogue, hear=settings.hear())
    async with anyio.create_task_group() as group:
        group.start_soon(partial(follow, bus, catalogue, most=settings.etl_catalogue_films))
        await consume(bus, [pull], handler, work=work, metrics=metrics.CONSUME, stop=context.stop)
        group.cancel_scope.cancel()


async def handle(
    bus: Bus,
    delivery: Delivery,
    *,
    watch: Watch | None = None,
    catalogue: Catalogue | None = None,
    hear: Hear = tone,
) -> None:
    """Bring what follows from one page into the streams; the caller carries out the verdict.

    `watch` sees each film; `catalogue` recommends where the page does not, and learns what is published.

    Raises:
        Invalid: no film can be made of the page.
        Transient: the bus does not answer, or too many races were lost.
    """
    try:
        result = await settle_page(bus, delivery.envelope, watch=watch, catalogue=catalogue, hear=hear)
    except Invalid:
        metrics.PAGES.labels("invalid").inc()
        raise
    metrics.PAGES.labels(result).inc()
    log.debug("page.settled", subject=delivery.subject, result=result)


async def settle_page(
    bus: Bus,
    page: Envelope,
    *,
    watch: Watch | None = None,
    catalogue: Catalogue | None = None,
    hear: Hear = tone,
) -> str:
    """The same for any page, stored or delivered; returns the result that the metric of pages counts.

    Raises:
        Invalid: no film can be made of the page.
        Transient: the bus does not answer, or too many races were lost.
    """
    read = _read(page, hear)
    if not isinstance(read, Film):
        return read
    if watch:
        watch.see(read.title)
    return (await settle(bus, read, catalogue)).value


async def settle(bus: Bus, film: Film, catalogue: Catalogue | None = None) -> Decision:
    """Store the film's contribution and its movie, unless a newer page of it is known.

    Whatever other workers do meanwhile: a contribution is either followed by a compare-and-set on the movie, which
    fails if another page came first, or was there before, put in by a page that said the same.

    Raises:
        Transient: the bus does not answer, or too many races were lost.
    """
    for _ in range(_TRIES):
        current = await versions.current(bus, film.id)
        if current and current.page_time > film.page_time:
            return await _give_way(bus, film)
        adding = partial(Record.with_film, id=film.id, film=film.contribution)
        own = [await change(bus, key, adding) for key in film.record_keys]
        former = set(current.record_keys) - set(film.record_keys) if current else set()
        left = await _withdraw(bus, film, former)
        if current and any(record.after.knows_newer(film.id, film.page_time) for record in [*own, *left]):
            # A newer page that changed nothing was not published: only the records know of it.
            return await _give_way(bus, film)
        known = all(record.before.knows(film.id, film.fingerprint) for record in own)
        if current and known and current.fingerprint == film.fingerprint:
            return Decision.UNCHANGED
        movie = film.movie(dict(zip(film.record_keys, (record.after for record in own), strict=True)), catalogue)
        if await versions.store(bus, movie, film, after=current):
            if catalogue is not None:
                catalogue.add(movie.model_dump(mode="json"))
            return Decision.PUBLISHED
        metrics.RACES_LOST.labels("movie").inc()
    raise Transient(f"{film.id}: lost {_TRIES} races for the movie")


async def _give_way(bus: Bus, film: Film) -> Decision:
    """Take back what this page put into records: a newer page knows better."""
    await _withdraw(bus, film, film.record_keys)
    return Decision.OLDER


async def _withdraw(bus: Bus, film: Film, keys: Iterable[str]) -> list[Change]:
    """Take the film out of records where no page newer than this one put it."""
    return [await change(bus, key, partial(Record.without_film, id=film.id, since=film.page_time)) for key in keys]


def _read(envelope: Envelope, hear: Hear) -> Film | str:
    """The film of a page, or why it has none."""
    started = time.perf_counter()
    page = RawPage.decode(Envelope(envelope.headers, b""))
    if page.outcome is not Outcome.FILM:
        return page.outcome.value
    read = read_page(html_bytes(envelope), requested=page.id, page_time=page.fetched_at, hear=hear)
    metrics.PARSE_SECONDS.observe(time.perf_counter() - started)
    if isinstance(read, Filtered):
        return "filtered"
    _count_fields(read)
    return read


def _count_fields(film: Film) -> None:
    layout = film.sources["id"]
    metrics.FILMS.labels(layout).inc()
    for field in FIELDS:
        if absent(getattr(film.title, field)):
            metrics.FIELDS_MISSING.labels(field, layout).inc()
        elif film.sources.get(field, layout) != layout:
            metrics.FIELDS_FALLBACK.labels(field, film.sources[field]).inc()
    for found in film.disagreements:
        metrics.DISAGREEMENTS.labels(found.field, found.believed, found.other).inc()
