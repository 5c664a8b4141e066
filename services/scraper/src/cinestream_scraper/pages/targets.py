"""The targets that addresses name: which page of the site, by its kind and id. Pure."""

import re
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from cinestream.contracts import Kind
from cinestream.contracts.lists import list_page
from cinestream.contracts.search import search_id, search_query

_PLACE = re.compile(r"(?:/.*)?/(title|chart|list)/([^/]+)/?")
_BEFORE_SEARCH = re.compile(r".*(?=/(?:find|search/title)/?$)")


class Target(NamedTuple):
    """A page that can be requested, by its kind and id."""

    kind: Kind
    id: str


def target_of(url: str) -> Target | None:
    """Return the target whose page is at this URL, in any language. None for any other page and for sub-pages."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if before := _BEFORE_SEARCH.match(parts.path):
        query = search_query(f"{parts.path[before.end() :]}?{parts.query}")
        return Target(Kind.SEARCH, search_id(query)) if query else None
    match = _PLACE.fullmatch(parts.path)
    if match and match[1] == Kind.LIST.value:
        return Target(Kind.LIST, list_page(match[2], dict(parse_qsl(parts.query)).get("page", "")))
    return Target(Kind(match[1]), match[2]) if match else None
