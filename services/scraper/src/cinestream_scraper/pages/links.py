"""Which pages a page leads to: a chart, a search or a list to its rows, a title to what is like it. Pure.

A chart's own data holds all rows; its DOM mostly the first 25. A search holds the first 25, and shows more on demand.
Charts before 2023 have rows only.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

from cinestream.contracts import Kind, ScrapeRequest
from cinestream.contracts.request import TITLE_ID
from cinestream_scraper.pages.identity import next_data, path_into
from cinestream_scraper.pages.pagination import missing, next_page, offers_more
from cinestream_scraper.pages.verdict import Judgement, Verdict

_HAS_ROWS = frozenset({Verdict.CHART, Verdict.SEARCH, Verdict.LIST})

_ROWS = ", ".join(
    f'{row} a[href*="/title/tt"]' for row in (".ipc-metadata-list-summary-item", ".titleColumn", ".lister-item-header")
)
_HELD: tuple[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], ...] = (
    (("titleResults", "results"), (("listItem", "titleId"), ("id",))),
    (("searchResults", "titleResults", "titleListItems"), (("titleId",),)),
    (("mainColumnData", "list", "titleListItemSearch", "edges"), (("listItem", "id"), ("node", "itemId"))),
)
"""Where the rows of searches and lists are, and where in a row its title's id is."""
_IN_LINK = re.compile(r"/title/(tt\d+)")


class Led(NamedTuple):
    """The requests that a page leads to, and how many rows it says it has and did not show."""

    requests: list[ScrapeRequest]
    missing: int = 0


def led_to(request: ScrapeRequest, html: str, judgement: Judgement) -> Led:
    """What a page leads to: its rows and the next page, where a title has moved to, or what is like it."""
    if judgement.verdict in _HAS_ROWS:
        return _rows(request, html, titles_of(html))
    if judgement.verdict is Verdict.MOVED:
        return Led(_titles(request, [judgement.identity.id]))
    return Led(alike(request, html) if judgement.verdict is Verdict.FILM else [])


def _rows(request: ScrapeRequest, html: str, rows: list[str]) -> Led:
    titles = _titles(request, rows[: request.limit])
    if following := next_page(request, html, rows):
        return Led([*titles, following])
    return Led(titles, missing(request, html, rows))


def _titles(request: ScrapeRequest, ids: Iterable[str]) -> list[ScrapeRequest]:
    return [ScrapeRequest(kind=Kind.TITLE, id=id, lane=request.lane, depth=request.depth) for id in ids]


def still_led_to(request: ScrapeRequest, html: str) -> list[ScrapeRequest] | None:
    """What a page that was read lately still leads to, as it may be asked for more than then.

    None if it must be read again, because a click would show more.
    """
    if request.kind is Kind.TITLE:
        return alike(request, html)
    rows = titles_of(html)
    return None if offers_more(request, html, rows) else _rows(request, html, rows).requests


def alike(request: ScrapeRequest, html: str) -> list[ScrapeRequest]:
    """The requests for "more like this", which are one step nearer to the end."""
    ids = more_like_this(html)[: request.limit] if request.depth else []
    next = {"depth": request.depth - 1, "limit": request.limit, "lane": request.lane}
    return [ScrapeRequest.model_validate({"kind": Kind.TITLE, "id": id, **next}) for id in ids]


def titles_of(html: str) -> list[str]:
    """The ids of the titles of a chart, search or list in their order, each once; empty if the page names none."""
    data = path_into(next_data(html), "props", "pageProps")
    chart = path_into(data, "pageData", "chartTitles")
    edges = path_into(chart, "edges")
    ranked = sorted(edges, key=_rank) if isinstance(edges, list) else []
    held = [str(path_into(edge, "node", "id")) for edge in ranked]
    if held and path_into(chart, "pageInfo", "hasNextPage") is not True:
        return _once(held)
    links = LexborHTMLParser(html).css(_ROWS)
    shown = (match[1] for link in links if (match := _IN_LINK.search(link.attributes.get("href") or "")))
    return _once([*held, *_held(data), *shown])


def more_like_this(html: str) -> list[str]:
    """The ids of the titles that a title page recommends, each once."""
    edges = path_into(next_data(html), "props", "pageProps", "mainColumnData", "moreLikeThisTitles", "edges")
    return _once(str(path_into(edge, "node", "id")) for edge in edges if edge) if isinstance(edges, list) else []


def _held(data: object) -> Iterator[str]:
    """The titles in the data of a search or list; more may be shown."""
    for rows, keys in _HELD:
        found = path_into(data, *rows)
        for row in found if isinstance(found, list) else ():
            yield from (str(id) for key in keys if (id := path_into(row, *key)))


def _rank(edge: object) -> float:
    rank = path_into(edge, "currentRank")
    return float(rank) if isinstance(rank, int | float) else float("inf")


def _once(ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(id for id in ids if TITLE_ID.fullmatch(id)))
