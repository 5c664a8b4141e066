"""The targets that addresses name: which page of the site, by its kind and id. Pure."""

import re
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from cinestream.contracts import Kind
from cinestream.contracts.lists import list_page
from cinestream.contracts.search import search_id, search_query

_PLACE = re.compile(r"(?:/.*)?/(title|chart|list)/([^/]+)/?")
_BEFORE_SEARCH = re.compile(r".*(?=/(?:find|search/title)/?$)")


class Place(NamedTuple):
    """Which page a URL names: its kind and id."""

    kind: Kind
    id: str


def place_of(url: str) -> Place | None:
    """The target whose own page this URL is, in any language; None for any other page, a sub-page too."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if before := _BEFORE_SEARCH.match(parts.path):
        query = search_query(f"{parts.path[before.end() :]}?{parts.query}")
        return Place(Kind.SEARCH, search_id(query)) if query else None
    match = _PLACE.fullmatch(parts.path)
    if match and match[1] == Kind.LIST.value:
        return Place(Kind.LIST, list_page(match[2], dict(parse_qsl(parts.query)).get("page", "")))
    return Place(Kind(match[1]), match[2]) if match else None
