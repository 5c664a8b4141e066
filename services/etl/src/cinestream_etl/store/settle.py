"""The compare-and-set loop that stores a film: first in its directors' records, then as a version of its movie.

The order matters. A film is in the records before it is published, so that no published statistics miss it. Every step
can be repeated, so a crash between two steps costs nothing but the repetition when the page is delivered again.
"""

from collections.abc import Iterable
from functools import partial

from cinestream.bus.jetstream import Bus
from cinestream.contracts import Transient
from cinestream_etl import metrics
from cinestream_etl.catalogue import KnownFilms
from cinestream_etl.directors import DirectorRecord
from cinestream_etl.stages.film import Film, complete
from cinestream_etl.stages.page import TitlePage
from cinestream_etl.store import versions
from cinestream_etl.store.director_store import RecordUpdate, update_record
from cinestream_etl.store.versions import Decision, Version
from cinestream_flow.message import Message

_MAX_ATTEMPTS = 20


def is_older(page: TitlePage, current: Version | None) -> bool:
    """Return True if the stored version of the movie comes from a newer page."""
    return current is not None and current.page_time > page.page_time


async def drop_older(bus: Bus, page: TitlePage) -> Decision:
    """Remove from the records what this page may have added to them, and return the decision `OLDER`.

    Raises:
        Transient: the bus does not answer, or too many races were lost.
    """
    # An earlier delivery of this page may have written the records and crashed before it noticed the newer page.
    await _withdraw(bus, page, page.record_keys)
    return Decision.OLDER


async def settle(bus: Bus, film: Film, current: Version | None, known_films: KnownFilms | None = None) -> Decision:
    """Store the film, unless the stored versions show that its page is older or changes nothing.

    The result is right whatever other workers do at the same time. Once the film is in the records, there are two ways
    to end. Either its movie is published by compare-and-set, which fails if another page was published first. Or the
    records had the film before, with the same fingerprint, so that nothing changed.

    Args:
        bus: a connection with the permissions of etl.
        film: the film.
        current: the version of its movie that was read before, or None if there was none.
        known_films: the source of recommendations for a page without any. A published film is added to it.

    Raises:
        Transient: the bus does not answer, or too many races were lost.
    """
    for _ in range(_MAX_ATTEMPTS):
        decision = await _attempt(bus, film, current, known_films)
        if decision is not None:
            return decision
        metrics.RACES_LOST.labels("movie").inc()
        # Another worker has published a version since `current` was read. It may come from a newer page.
        current = await versions.current(bus, film.id)
        if is_older(film.page, current):
            return await drop_older(bus, film.page)
    raise Transient(Message("{id}: lost {count} races for the movie", id=film.id, count=_MAX_ATTEMPTS))


async def _attempt(bus: Bus, film: Film, current: Version | None, known_films: KnownFilms | None) -> Decision | None:
    """Try once to store the film after the version `current`, and return None if another version came first."""
    page = film.page
    with_film = partial(DirectorRecord.with_film, id=film.id, film=film.contribution)
    own = [await update_record(bus, key, with_film) for key in page.record_keys]
    # The previous version may have directors that this page does not have any more.
    former = set(current.record_keys) - set(page.record_keys) if current else set()
    left = await _withdraw(bus, page, former)
    if current and any(record.after.contains_newer(film.id, page.page_time) for record in [*own, *left]):
        # A newer page that changed nothing was not published. Only the records show it.
        return await drop_older(bus, page)
    # If a record lacked the film, the published statistics lack it too. Then even an unchanged film is published again.
    was_counted = all(record.before.contains(film.id, film.fingerprint) for record in own)
    if current and was_counted and current.fingerprint == film.fingerprint:
        return Decision.UNCHANGED
    records = dict(zip(page.record_keys, (record.after for record in own), strict=True))
    nearest = known_films.nearest(film.movie) if known_films and not film.movie.recommendations else ()
    movie = complete(film, records, nearest)
    if not await versions.publish(bus, movie, film, after=current):
        return None
    if known_films is not None:
        known_films.add(movie.model_dump(mode="json"))
    return Decision.PUBLISHED


async def _withdraw(bus: Bus, page: TitlePage, keys: Iterable[str]) -> list[RecordUpdate]:
    """Remove the film from these records, except where a newer page has added it."""
    without_film = partial(DirectorRecord.without_film, id=page.id, page_time=page.page_time)
    return [await update_record(bus, key, without_film) for key in keys]
