"""The message that is published of a reading: the page, or the fact that there is none. Pure."""

from cinestream.contracts import Outcome, RawPage
from cinestream_scraper.pages.reading import Reading
from cinestream_scraper.pages.targets import Target
from cinestream_scraper.pages.verdict import Judgement

WITH_BODY = frozenset({Outcome.FILM, Outcome.CHART, Outcome.SEARCH, Outcome.LIST})


def raw_page_of(target: Target, reading: Reading, judgement: Judgement) -> RawPage:
    """Build the `RawPage` to publish from a reading. Its verdict must be one to publish."""
    return RawPage(
        kind=target.kind,
        id=target.id,
        outcome=judgement.outcome,
        url=reading.url,
        final_url=reading.final_url,
        status=reading.status,
        # Cut to milliseconds, as a message states it: so the same reading compares equal after decoding.
        fetched_at=reading.read_at.replace(microsecond=reading.read_at.microsecond // 1000 * 1000),
        layout=judgement.identity.layout,
        html=reading.html if judgement.outcome in WITH_BODY else "",
    )
