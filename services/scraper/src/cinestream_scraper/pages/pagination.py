"""The next page of a list or search, and the number of rows that it did not show. Pure.

Lists continue at `?page=2`, searches before 2023 at `&start=51`, and later searches by clicks. The next page is the one
that the page itself names, provided that it is a later page of the same list or search. Reading ends at a page that
brings no new rows, so that it ends whatever the site answers.
"""

from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import parse_qsl, urljoin, urlsplit

from cinestream.contracts import Invalid, Kind, ScrapeRequest
from cinestream.contracts.lists import list_page
from cinestream_scraper.pages.rows import TitleRows

_PAGINATED = (Kind.LIST, Kind.SEARCH)
_POSITION = ("page", "start")


def next_page(request: ScrapeRequest, rows: TitleRows) -> ScrapeRequest | None:
    """Return the request for the page after the one with these rows, or None at the end or at the limit.

    The limit of the next request is what these rows leave of this request's.
    """
    remaining = request.max_titles - len(rows.ids)
    if request.kind not in _PAGINATED or not _new_rows(request, rows) or remaining < 1:
        return None
    progress = {"limit": remaining, "before": request.before + len(rows.ids), "after": rows.ids[0]}
    for address in _next_addresses(request, rows):
        try:
            following = ScrapeRequest.of(address, lane=request.lane, force=request.force, depth=request.depth)
        except Invalid:
            continue
        if _continues(request, following):
            return following.model_copy(update=progress)
    return None


def missing_rows(request: ScrapeRequest, rows: TitleRows) -> int:
    """Return how many rows the last page of a list or search lacks of those that the site states and the request needs.

    A search by name states no number: 1 stands for "it would have shown more".
    """
    if request.kind not in _PAGINATED:
        return 0
    if (total := rows.total) is not None:
        return max(0, min(total - request.before, request.max_titles) - _new_rows(request, rows))
    return int(request.kind is Kind.SEARCH and offers_more(request, rows))


def offers_more(request: ScrapeRequest, rows: TitleRows) -> bool:
    """Return True if a click on the page would show more of the rows that the request needs."""
    return len(rows.ids) < request.max_titles and rows.is_expandable


def _new_rows(request: ScrapeRequest, rows: TitleRows) -> int:
    # Some sites show their last page for any higher number: it then begins like the page before.
    return 0 if rows.ids and rows.ids[0] == request.after else len(rows.ids)


def _next_addresses(request: ScrapeRequest, rows: TitleRows) -> Iterator[str]:
    here = f"https://site{request.path}"
    for link in rows.next_links:
        with suppress(ValueError):
            yield urljoin(here, link)
    if request.kind is Kind.LIST and rows.list_has_next_page:
        list, _, page = request.id.partition("-")
        yield f"list:{list_page(list, str(int(page or 1) + 1))}"


def _continues(request: ScrapeRequest, following: ScrapeRequest) -> bool:
    """Return True if the following request is for a later part of the same list or search."""
    if following.kind is not request.kind:
        return False
    same, position = _listing_and_position(request.path)
    other, later = _listing_and_position(following.path)
    return same == other and later != position and all(b >= a for a, b in zip(position, later, strict=True))


def _listing_and_position(path: str) -> tuple[tuple[object, ...], tuple[int, ...]]:
    """Split a path with its query into what is listed and the position in it: page and first row, from 1."""
    parts = urlsplit(path)
    parameters = dict(parse_qsl(parts.query))
    values = [parameters.pop(name, "") for name in _POSITION]
    position = tuple(int(value) if value.isdecimal() else 1 for value in values)
    return (parts.path, *sorted(parameters.items())), position
