"""The rows of a chart, search or list page, and what the page states about further rows. Pure.

The data of a chart holds all rows, and its HTML mostly the first 25. A search holds the first 25 and shows more on
demand. Charts before 2023 have rows in their HTML only.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from cinestream.contracts.request import TITLE_ID
from cinestream_scraper.pages.document import path_into
from cinestream_scraper.pages.page import Page

# A search by name shows titles, people and more, each with a button of their own.
TITLE_RESULTS = '[data-testid="find-results-section-title"]'
_MORE = ".ipc-see-more button"
MORE_BUTTON = f'[data-testid="chart-see-more"], {TITLE_RESULTS} {_MORE}, body:not(:has({TITLE_RESULTS})) {_MORE}'
"""The selector of the button that shows more rows."""

_CHART = ("pageData", "chartTitles")
_LIST = ("mainColumnData", "list", "titleListItemSearch")
_SEARCH = ("searchResults", "titleResults")
_ROW_LINKS = ", ".join(
    f'{row} a[href*="/title/tt"]' for row in (".ipc-metadata-list-summary-item", ".titleColumn", ".lister-item-header")
)
_NEXT_LINKS = ", ".join(('link[rel~="next"]', 'a[rel~="next"]', "a.next-page", 'a[data-testid="index-pagination-nxt"]'))
_ROWS_IN_DATA: tuple[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], ...] = (
    (("titleResults", "results"), (("listItem", "titleId"), ("id",))),
    (("searchResults", "titleResults", "titleListItems"), (("titleId",),)),
    (("mainColumnData", "list", "titleListItemSearch", "edges"), (("listItem", "id"), ("node", "itemId"))),
)
"""The places of the rows in the data of searches and lists, each with the places of the title's id in a row."""
_ID_IN_LINK = re.compile(r"/title/(tt\d+)")
_MAX_SIMILAR = 500
_MAX_NEXT_LINKS = 20
_MAX_LINK = 4_000


class TitleRows:
    """The rows of one page. Each fact is looked up on first use."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._props = path_into(page.data, "props", "pageProps")
        self._chart = path_into(self._props, *_CHART)

    @cached_property
    def ids(self) -> list[str]:
        """The ids of the titles in their order, each once. Empty if the page names none."""
        edges = path_into(self._chart, "edges")
        ranked = sorted(edges, key=_rank) if isinstance(edges, list) else []
        in_chart = [str(path_into(edge, "node", "id")) for edge in ranked]
        if in_chart and not self._chart_has_more:
            return _unique(in_chart)  # its HTML shows the first of them once more, and may link to other titles
        return _unique([*in_chart, *self._ids_in_data(), *self._ids_in_html()])

    @property
    def total(self) -> int | None:
        """The number of rows that a list or search states for all its pages, or None."""
        totals = (path_into(self._props, *place, "total") for place in (_LIST, _SEARCH))
        return next((total for total in totals if isinstance(total, int)), None)

    @property
    def is_expandable(self) -> bool:
        """True if a click on the page would show more rows."""
        if self._chart and not self._chart_has_more:
            return False
        return self._page.tree.css_first(MORE_BUTTON) is not None

    @property
    def next_links(self) -> list[str]:
        """The addresses, mostly relative ones, that the page links to as its next page."""
        links = self._page.tree.css(_NEXT_LINKS)[:_MAX_NEXT_LINKS]
        return [href for link in links if len(href := link.attributes.get("href") or "") <= _MAX_LINK]

    @property
    def list_has_next_page(self) -> bool:
        """True if the data of a list states that another page follows."""
        return path_into(self._props, *_LIST, "pageInfo", "hasNextPage") is True

    @property
    def _chart_has_more(self) -> bool:
        return path_into(self._chart, "pageInfo", "hasNextPage") is True

    def _ids_in_data(self) -> Iterator[str]:
        for place, id_places in _ROWS_IN_DATA:
            rows = path_into(self._props, *place)
            for row in rows if isinstance(rows, list) else ():
                yield from (str(id) for id_place in id_places if (id := path_into(row, *id_place)))

    def _ids_in_html(self) -> Iterator[str]:
        for link in self._page.tree.css(_ROW_LINKS):
            if match := _ID_IN_LINK.search(link.attributes.get("href") or ""):
                yield match[1]


def more_like_this(page: Page) -> list[str]:
    """Return the ids of the titles that a title page recommends, each once."""
    edges = path_into(page.data, "props", "pageProps", "mainColumnData", "moreLikeThisTitles", "edges")
    similar = edges[:_MAX_SIMILAR] if isinstance(edges, list) else []
    return _unique(str(path_into(edge, "node", "id")) for edge in similar if edge)


def _rank(edge: object) -> float:
    rank = path_into(edge, "currentRank")
    return float(rank) if isinstance(rank, int | float) else float("inf")


def _unique(ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(id for id in ids if TITLE_ID.fullmatch(id)))
