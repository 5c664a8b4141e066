"""The requests that follow from a page: the rows of a chart, search or list, or the titles like a title. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from cinestream.contracts import Kind, ScrapeRequest
from cinestream_scraper.pages.page import Page
from cinestream_scraper.pages.pagination import missing_rows, next_page, offers_more
from cinestream_scraper.pages.rows import TitleRows, more_like_this
from cinestream_scraper.pages.verdict import Judgement, Verdict


class Links(NamedTuple):
    """The requests that follow from a page, and how many rows the site states and did not show."""

    requests: list[ScrapeRequest]
    missing: int = 0


def links_of(request: ScrapeRequest, page: Page, judgement: Judgement) -> Links:
    """Return what follows from a page that was just read."""
    match judgement.verdict:
        case Verdict.CHART | Verdict.SEARCH | Verdict.LIST:
            return _row_links(request, TitleRows(page))
        case Verdict.MOVED:
            return Links(_title_requests(request, [page.identity.id]))
        case Verdict.FILM:
            return Links(_similar_titles(request, page))
    return Links([])


def links_of_stored(request: ScrapeRequest, page: Page) -> list[ScrapeRequest] | None:
    """Return what follows from a page that was stored lately, or None if it must be read again.

    The request may need more rows than the page was read for. It must be read again if a click would show them.
    """
    if request.kind is Kind.TITLE:
        return _similar_titles(request, page)
    rows = TitleRows(page)
    return None if offers_more(request, rows) else _row_links(request, rows).requests


def _row_links(request: ScrapeRequest, rows: TitleRows) -> Links:
    titles = _title_requests(request, rows.ids[: request.limit])
    if following := next_page(request, rows):
        return Links([*titles, following])
    return Links(titles, missing_rows(request, rows))


def _title_requests(request: ScrapeRequest, ids: Iterable[str]) -> list[ScrapeRequest]:
    return [ScrapeRequest(kind=Kind.TITLE, id=id, lane=request.lane, depth=request.depth) for id in ids]


def _similar_titles(request: ScrapeRequest, page: Page) -> list[ScrapeRequest]:
    """Return requests for "more like this", with one step less to go."""
    ids = more_like_this(page)[: request.limit] if request.depth else []
    inherited = {"depth": request.depth - 1, "limit": request.limit, "lane": request.lane}
    return [ScrapeRequest.model_validate({"kind": Kind.TITLE, "id": id, **inherited}) for id in ids]
