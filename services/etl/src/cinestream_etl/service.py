"""The service: it takes pages from the bus, runs the stages on each, and counts what they find."""

import gc
import time
from functools import partial

import anyio

from cinestream.bus.consume import Work, consume
from cinestream.bus.jetstream import Bus, Delivery
from cinestream.bus.topology import DIRECTOR_STATS, MOVIES, PAGES, stream
from cinestream.contracts import Envelope, Invalid, Outcome
from cinestream.contracts.page import PageHeaders, html_bytes
from cinestream.runtime.service import Context, Needs
from cinestream_etl import metrics
from cinestream_etl.catalogue import KnownFilms
from cinestream_etl.drift import DriftWatch
from cinestream_etl.settings import EtlSettings
from cinestream_etl.stages.film import describe
from cinestream_etl.stages.page import TitlePage, read_page
from cinestream_etl.stages.title import FIELDS, absent
from cinestream_etl.store import versions
from cinestream_etl.store.catalogue_feed import feed_catalogue
from cinestream_etl.store.settle import drop_older, is_older, settle
from cinestream_etl.tone.digest import digest
from cinestream_etl.tone.model import ToneModel, classify_tone
from cinestream_etl.tone.selection import select_tone_model
from cinestream_flow.logger import get_logger

log = get_logger("etl")
_DURABLE = "etl"
NEEDS = Needs(streams=(PAGES, MOVIES, DIRECTOR_STATS), consumers=(f"{PAGES}/{_DURABLE}",))
_GC_THRESHOLD = 50_000
"""New objects between two runs of the garbage collector.

The data of one page are ten thousand objects without cycles. With Python's default the collector would run several
times per page and find nothing.
"""


async def serve(context: Context[EtlSettings]) -> None:
    """Turn pages into movies until `context.stop` is set."""
    settings, bus = context.settings, context.bus
    ack_wait = next(c.ack_wait for c in stream(PAGES).consumers if c.name == _DURABLE)
    work = Work("etl", concurrency=settings.etl_concurrency, max_failures=settings.etl_max_failures, ack_wait=ack_wait)
    # Imported modules stay in memory forever. A frozen object costs the collector nothing.
    gc.freeze()
    gc.set_threshold(_GC_THRESHOLD)
    watch, known_films = DriftWatch(settings.etl_drift_window), KnownFilms(settings.etl_catalogue_films)
    context.health.degraded.append(watch.reasons)
    tone_model = select_tone_model(settings.etl_tone_model)
    metrics.TONE.labels(settings.etl_tone_model, digest()).set(1)
    pull = await bus.pull(PAGES, _DURABLE)
    handler = partial(handle, bus, tone_model=tone_model, known_films=known_films, watch=watch)
    async with anyio.create_task_group() as group:
        group.start_soon(partial(feed_catalogue, bus, known_films, max_films=settings.etl_catalogue_films))
        await consume(bus, [pull], handler, work=work, metrics=metrics.CONSUME, stop=context.stop)
        group.cancel_scope.cancel()


async def handle(
    bus: Bus,
    delivery: Delivery,
    *,
    tone_model: ToneModel = classify_tone,
    known_films: KnownFilms | None = None,
    watch: DriftWatch | None = None,
) -> None:
    """Settle a delivered page and count the result. The caller acknowledges the delivery.

    Raises:
        Invalid: no film can be made of the page.
        Transient: the bus does not answer, or too many races were lost.
    """
    try:
        result = await settle_page(bus, delivery.envelope, tone_model=tone_model, known_films=known_films, watch=watch)
    except Invalid:
        metrics.PAGES.labels("invalid").inc()
        raise
    metrics.PAGES.labels(result).inc()
    log.debug("page.settled", subject=delivery.subject, result=result)


async def settle_page(
    bus: Bus,
    envelope: Envelope,
    *,
    tone_model: ToneModel = classify_tone,
    known_films: KnownFilms | None = None,
    watch: DriftWatch | None = None,
) -> str:
    """Run all stages on a page, delivered or stored.

    Args:
        bus: a connection with the permissions of etl.
        envelope: the raw page as a message.
        tone_model: the model that classifies the plot.
        known_films: the source of recommendations for a page without any. A published film is added to it.
        watch: observes which fields the film has.

    Returns:
        The result, one of those that the metric `cinestream_etl_pages_total` counts.

    Raises:
        Invalid: no film can be made of the page.
        Transient: the bus does not answer, or too many races were lost.
    """
    started = time.perf_counter()
    headers = PageHeaders.decode(envelope)
    if headers.outcome is not Outcome.FILM:
        return headers.outcome.value
    page = read_page(html_bytes(envelope), requested=headers.id, page_time=headers.fetched_at)
    metrics.PARSE_SECONDS.observe(time.perf_counter() - started)
    if not page.is_film:
        return "filtered"
    _count_fields(page)
    if watch:
        watch.observe(page.title)
    current = await versions.current(bus, page.id)
    # The page's time is compared before `describe`, so that the tone model does not run for an older page.
    if is_older(page, current):
        return (await drop_older(bus, page)).value
    film = describe(page, tone_model)
    return (await settle(bus, film, current, known_films)).value


def _count_fields(page: TitlePage) -> None:
    layout = page.sources["id"]
    metrics.FILMS.labels(layout).inc()
    for field in FIELDS:
        if absent(getattr(page.title, field)):
            metrics.FIELDS_MISSING.labels(field, layout).inc()
        elif page.sources.get(field, layout) != layout:
            metrics.FIELDS_FALLBACK.labels(field, page.sources[field]).inc()
    for found in page.disagreements:
        metrics.DISAGREEMENTS.labels(found.field, found.believed, found.other).inc()
