"""What a page says that it is: which page of which id, of which kind of title, and whether all of it is there. Pure.

Modern pages say it in `script#__NEXT_DATA__` (route, ids, type), those before 2021 by their canonical link and
`og:type`. What says the same thing twice must say the same both times, else the page is none.
"""

import html as markup
import re
from enum import StrEnum
from typing import Any, NamedTuple

import orjson
from selectolax.lexbor import LexborHTMLParser

from cinestream.contracts import Kind
from cinestream.contracts.lists import list_page
from cinestream_scraper.pages.targets import place_of

Json = dict[str, Any]

FILM_KINDS = frozenset({"movie", "tvMovie", "short", "tvShort", "video", "tvSpecial", "documentary"})
"""Title types (`titleType.id`) that are films; all others are series, episodes, games, podcasts …"""

_FILM_TYPES = frozenset({"movie", "video.movie", "Movie"})
_TITLE_ROUTE = re.compile(r"/title/\[(?:tconst|id)\]")
_OPEN = 'id="__NEXT_DATA__"'
_LEGACY_TITLE = "#tn15title, #overview-top, .title_wrapper"
"""Where the pages of 2010, 2011 to 2015, and 2015 to 2021 have their title."""
_LEGACY_SERIES = re.compile(r'\s*(?:&quot;|")|.*\((?:TV|Video Game|VG|TV Mini|TV Episode)')


class Shape(StrEnum):
    """What sort of page it is."""

    TITLE = "title"
    CHART = "chart"
    SEARCH = "search"
    LIST = "list"
    NOT_FOUND = "not-found"
    OTHER = "other"
    NOTHING = "nothing"


class Identity(NamedTuple):
    """What a page says of itself. `film` is whether the title is a film; `whole` whether all data is there.

    The `id` of a search is the text that was searched for by name, or empty.
    """

    shape: Shape
    id: str = ""
    film: bool = False
    whole: bool = False
    layout: str = ""


NOTHING = Identity(Shape.NOTHING)


def identify(html: str) -> Identity:
    """Say what the page is. Never raises: what cannot be read is `NOTHING`, or not `whole`."""
    tree = LexborHTMLParser(html)
    if _OPEN in html:
        data = next_data(html)
        return _modern(data, tree, html) if data is not None else NOTHING
    return _legacy(tree, html)


def next_data(html: str) -> Json | None:
    """The document in `script#__NEXT_DATA__`; None if there is none or it is cut off."""
    at = html.find(_OPEN)
    start = html.find(">", at) + 1
    end = html.find("</script>", start)
    if at < 0 or start == 0 or end < 0:
        return None
    try:
        data = orjson.loads(html[start:end])
    except orjson.JSONDecodeError:
        return None
    return data if isinstance(data, dict) else None


def path_into(data: object, *keys: str) -> Any:
    """What is at the end of the keys, or None where one is missing."""
    for key in keys:
        if not isinstance(data, dict):
            return None
        data = data.get(key)
    return data


def _modern(data: Json, tree: LexborHTMLParser, html: str) -> Identity:
    route = str(data.get("page", ""))
    if route.startswith("/chart/"):
        edges = path_into(data, "props", "pageProps", "pageData", "chartTitles", "edges")
        return Identity(
            Shape.CHART, route.removeprefix("/chart/"), whole=bool(edges) and _ends(html), layout="next-chart"
        )
    if route == "/404":
        return Identity(Shape.NOT_FOUND, layout="next-404")
    if (rows := _modern_rows(route, data)) is not None:
        return rows._replace(whole=rows.whole and _ends(html))
    if not _TITLE_ROUTE.fullmatch(route):
        return Identity(Shape.OTHER, layout="next" + route.replace("/", "-"))
    return _modern_title(data, tree, html)


def _modern_rows(route: str, data: Json) -> Identity | None:
    """A search or a list: a page of rows, which may be none."""
    props = path_into(data, "props", "pageProps")
    if route == "/find":
        found = path_into(props, "titleResults", "results")
        text = str(path_into(props, "findPageMeta", "searchTerm") or "")
        return Identity(Shape.SEARCH, text, whole=isinstance(found, list), layout="next-find")
    if route == "/search/title":
        found = path_into(props, "searchResults", "titleResults", "titleListItems")
        return Identity(Shape.SEARCH, whole=isinstance(found, list), layout="next-search-title")
    if route.startswith("/list/["):
        found = path_into(props, "mainColumnData", "list", "titleListItemSearch", "edges")
        id, page = (str(path_into(data, "query", name) or "") for name in ("lsconst", "page"))
        return Identity(Shape.LIST, list_page(id, page), whole=isinstance(found, list), layout="next-list")
    return None


def _modern_title(data: Json, tree: LexborHTMLParser, html: str) -> Identity:
    props = path_into(data, "props", "pageProps")
    above, main = path_into(props, "aboveTheFoldData"), path_into(props, "mainColumnData")
    id = str(path_into(props, "tconst") or "")
    said = _ids(tree) | {value for value in (path_into(above, "id"), path_into(main, "id")) if value}
    if not id or said - {id}:
        return Identity(Shape.OTHER, layout="next-title-contradictory")
    if above:
        kind = path_into(above, "titleType", "id")
        whole = bool(path_into(above, "titleText", "text") and kind and main)
        return Identity(Shape.TITLE, id, kind in FILM_KINDS, whole and _ends(html), "next-title")
    # In 2021 and 2022 some pages kept their data in `urqlState`; the linked data is what they have in common.
    linked = _linked_data(tree)
    whole = bool(linked.get("url") and linked.get("@type") and path_into(data, "props", "urqlState"))
    return Identity(Shape.TITLE, id, linked.get("@type") in _FILM_TYPES, whole and _ends(html), "next-title-urql")


def _legacy(tree: LexborHTMLParser, html: str) -> Identity:
    canonical = _attribute(tree, 'link[rel="canonical"]', "href")
    place = place_of(canonical)
    if place is None:
        return Identity(Shape.OTHER, layout="legacy") if canonical else NOTHING
    ends = _ends(html) and tree.css_first('#footer, footer, [id$="footer"]') is not None
    if place.kind is Kind.SEARCH:
        rows = tree.css_first(".lister-item-header")
        return Identity(Shape.SEARCH, whole=ends and rows is not None, layout="legacy-search-title")
    if place.kind is Kind.LIST:
        return Identity(Shape.OTHER, layout="legacy-list")
    if place.kind is Kind.CHART:
        rows = tree.css_first(".lister-list .titleColumn, .chart .titleColumn")
        return Identity(Shape.CHART, place.id, whole=ends and rows is not None, layout="legacy-chart")
    if _ids(tree) != {place.id}:
        return Identity(Shape.OTHER, layout="legacy-title-contradictory")
    # A modern page without its data has the same links, but not this.
    headed = tree.css_first(_LEGACY_TITLE) is not None
    return Identity(Shape.TITLE, place.id, _legacy_film(tree), ends and headed, "legacy-title")


def _legacy_film(tree: LexborHTMLParser) -> bool:
    kind = _attribute(tree, 'meta[property="og:type"]', "content") or str(_linked_data(tree).get("@type", ""))
    if kind:
        return kind in _FILM_TYPES
    heading = tree.css_first("h1")
    return heading is not None and not _LEGACY_SERIES.match(heading.text())


def _ids(tree: LexborHTMLParser) -> set[str]:
    """The titles that the page's head says it is about; a sub-page's address is an id of its own."""
    found = {
        url if (place := place_of(url)) is None else place.id
        for url in (
            _attribute(tree, 'link[rel="canonical"]', "href"),
            _attribute(tree, 'meta[property="og:url"]', "content"),
            markup.unescape(str(_linked_data(tree).get("url", ""))),
        )
        if url
    }
    consts = (_attribute(tree, f'meta[property="{name}"]', "content") for name in ("pageId", "imdb:pageConst"))
    return found | {const for const in consts if const}


def _linked_data(tree: LexborHTMLParser) -> Json:
    for node in tree.css('script[type="application/ld+json"]'):
        try:
            data = orjson.loads(node.text())
        except orjson.JSONDecodeError:
            continue
        if isinstance(data, dict):
            return data
    return {}


def _attribute(tree: LexborHTMLParser, selector: str, name: str) -> str:
    node = tree.css_first(selector)
    return (node.attributes.get(name) or "") if node is not None else ""


def _ends(html: str) -> bool:
    # Archives add a comment after the end.
    return "</html" in html[-4096:].lower()
