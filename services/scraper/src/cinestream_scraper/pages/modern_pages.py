"""The identity of a page since 2021, which describes itself in `script#__NEXT_DATA__`: route, ids and type. Pure."""

import re

from cinestream.contracts.lists import list_page
from cinestream_scraper.pages.document import Document, Json, path_into
from cinestream_scraper.pages.identity import FILM_TYPES, NOTHING, Identity, Shape, ids_in_head

FILM_KINDS = frozenset({"movie", "tvMovie", "short", "tvShort", "video", "tvSpecial", "documentary"})
"""Values of `titleType.id` that mean a film. All others mean a series, an episode, a game or a podcast."""

_TITLE_ROUTE = re.compile(r"/title/\[(?:tconst|id)\]")


def identify_modern(document: Document) -> Identity:
    """Return the identity of a page that has `script#__NEXT_DATA__`: `NOTHING` if that is cut off."""
    if (data := document.data) is None:
        return NOTHING
    route = str(data.get("page", ""))
    if route.startswith("/chart/"):
        edges = path_into(data, "props", "pageProps", "pageData", "chartTitles", "edges")
        whole = bool(edges) and document.ends
        return Identity(Shape.CHART, route.removeprefix("/chart/"), whole=whole, layout="next-chart")
    if route == "/404":
        return Identity(Shape.NOT_FOUND, layout="next-404")
    if (rows := _search_or_list(route, data)) is not None:
        return rows._replace(whole=rows.whole and document.ends)
    if not _TITLE_ROUTE.fullmatch(route):
        return Identity(Shape.OTHER, layout="next" + route.replace("/", "-"))
    return _title(data, document)


def _search_or_list(route: str, data: Json) -> Identity | None:
    """Return the identity of a search or list, or None. One without rows is whole as well."""
    props = path_into(data, "props", "pageProps")
    if route == "/find":
        results = path_into(props, "titleResults", "results")
        text = str(path_into(props, "findPageMeta", "searchTerm") or "")
        return Identity(Shape.SEARCH, text, whole=isinstance(results, list), layout="next-find")
    if route == "/search/title":
        results = path_into(props, "searchResults", "titleResults", "titleListItems")
        return Identity(Shape.SEARCH, whole=isinstance(results, list), layout="next-search-title")
    if route.startswith("/list/["):
        results = path_into(props, "mainColumnData", "list", "titleListItemSearch", "edges")
        id, page = (str(path_into(data, "query", name) or "") for name in ("lsconst", "page"))
        return Identity(Shape.LIST, list_page(id, page), whole=isinstance(results, list), layout="next-list")
    return None


def _title(data: Json, document: Document) -> Identity:
    props = path_into(data, "props", "pageProps")
    above, main = path_into(props, "aboveTheFoldData"), path_into(props, "mainColumnData")
    id = str(path_into(props, "tconst") or "")
    named = ids_in_head(document) | {value for value in (path_into(above, "id"), path_into(main, "id")) if value}
    # Two pages may be mixed into one, by a cache or a cut connection: all ids must be the same.
    if not id or named - {id}:
        return Identity(Shape.OTHER, layout="next-title-contradictory")
    if above:
        kind = path_into(above, "titleType", "id")
        whole = bool(path_into(above, "titleText", "text") and kind and main)
        return Identity(Shape.TITLE, id, kind in FILM_KINDS, whole and document.ends, "next-title")
    # In 2021 and 2022 some pages kept their data in `urqlState`. Their JSON-LD is what they have in common.
    linked = document.linked_data
    whole = bool(linked.get("url") and linked.get("@type") and path_into(data, "props", "urqlState"))
    return Identity(Shape.TITLE, id, linked.get("@type") in FILM_TYPES, whole and document.ends, "next-title-urql")
