"""Where a list or a search goes on, and whether it showed all that it says it has. Pure.

Lists go on by `?page=2`, searches of before 2023 by `&start=51`; later ones by clicks. The next page is the one that
the page itself names, if it is of the same list or search and further on, until one brings nothing new: so it ends,
whatever the site says.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from urllib.parse import parse_qsl, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from cinestream.contracts import Invalid, Kind, ScrapeRequest
from cinestream.contracts.lists import list_page
from cinestream_scraper.pages.identity import next_data, path_into
from cinestream_scraper.pages.rows import MORE_BUTTON

_NEXT = ", ".join(('link[rel~="next"]', 'a[rel~="next"]', "a.next-page", 'a[data-testid="index-pagination-nxt"]'))
_CHART = ("props", "pageProps", "pageData", "chartTitles")
_LIST = ("props", "pageProps", "mainColumnData", "list", "titleListItemSearch")
_SEARCH = ("props", "pageProps", "searchResults", "titleResults")
_POSITION = ("page", "start")
_GO_ON = (Kind.LIST, Kind.SEARCH)


def next_page(request: ScrapeRequest, html: str, rows: Sequence[str]) -> ScrapeRequest | None:
    """The request for what follows a page with these titles; None where it ends, or the limit is reached.

    Its limit is what is left of the request's, or of the most that any may be.
    """
    left = request.max_titles - len(rows)
    if request.kind not in _GO_ON or not _new(request, rows) or left < 1:
        return None
    progress = {"limit": left, "before": request.before + len(rows), "after": rows[0]}
    for address in _addresses(request, html):
        try:
            following = ScrapeRequest.of(address, lane=request.lane, force=request.force, depth=request.depth)
        except Invalid:
            continue
        if _goes_on(request, following):
            return following.model_copy(update=progress)
    return None


def missing(request: ScrapeRequest, html: str, rows: Sequence[str]) -> int:
    """How many rows fewer than asked for the last page of a list or search found, of those that the site says it has.

    A search by name says no number: 1 if it would have shown more.
    """
    if request.kind not in _GO_ON:
        return 0
    data = next_data(html)
    total = path_into(data, *(_LIST if request.kind is Kind.LIST else _SEARCH), "total")
    if isinstance(total, int):
        return max(0, min(total - request.before, request.max_titles) - _new(request, rows))
    return int(request.kind is Kind.SEARCH and offers_more(request, html, rows))


def offers_more(request: ScrapeRequest, html: str, rows: Sequence[str]) -> bool:
    """Whether a click on the page would show more of the rows that are asked for."""
    chart = path_into(next_data(html), *_CHART)
    if len(rows) >= request.max_titles or (chart and path_into(chart, "pageInfo", "hasNextPage") is not True):
        return False
    return LexborHTMLParser(html).css_first(MORE_BUTTON) is not None


def _new(request: ScrapeRequest, rows: Sequence[str]) -> int:
    """How many of the titles are new: none of a page that is the one before it once more."""
    return 0 if rows and rows[0] == request.after else len(rows)


def _addresses(request: ScrapeRequest, html: str) -> Iterator[str]:
    here = f"https://site{request.path}"
    for link in LexborHTMLParser(html).css(_NEXT):
        with suppress(ValueError):
            yield urljoin(here, link.attributes.get("href") or "")
    if request.kind is Kind.LIST and path_into(next_data(html), *_LIST, "pageInfo", "hasNextPage") is True:
        list, _, page = request.id.partition("-")
        yield f"list:{list_page(list, str(int(page or 1) + 1))}"


def _goes_on(request: ScrapeRequest, following: ScrapeRequest) -> bool:
    """Whether it is the same list or search, and a later part of it."""
    if following.kind is not request.kind:
        return False
    same, position = _parts(request.path)
    other, later = _parts(following.path)
    return same == other and later != position and all(b >= a for a, b in zip(position, later, strict=True))


def _parts(path: str) -> tuple[tuple[object, ...], tuple[int, ...]]:
    """What is listed, and from where on."""
    parts = urlsplit(path)
    parameters = dict(parse_qsl(parts.query))
    said = [parameters.pop(name, "") for name in _POSITION]
    position = tuple(int(one) if one.isdecimal() else 1 for one in said)
    return (parts.path, *sorted(parameters.items())), position
