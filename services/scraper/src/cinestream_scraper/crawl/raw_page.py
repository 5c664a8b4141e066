"""The record that a reading leaves: the page itself, or that there is nothing to read. Pure."""

from cinestream.contracts import Outcome, RawPage
from cinestream_scraper.pages.reading import Reading
from cinestream_scraper.pages.targets import Place
from cinestream_scraper.pages.verdict import Judgement

WITH_BODY = frozenset({Outcome.FILM, Outcome.CHART, Outcome.SEARCH, Outcome.LIST})


def record_of(place: Place, reading: Reading, judgement: Judgement) -> RawPage:
    """What is published of a reading whose verdict is to publish."""
    return RawPage(
        kind=place.kind,
        id=place.id,
        outcome=judgement.outcome,
        url=reading.url,
        final_url=reading.final_url,
        status=reading.status,
        # As exact as a message says it, so that the same reading is known again.
        fetched_at=reading.read_at.replace(microsecond=reading.read_at.microsecond // 1000 * 1000),
        layout=judgement.identity.layout,
        html=reading.html if judgement.outcome in WITH_BODY else "",
    )
