"""The addresses of lists, `/list/ls055592025/`, and of the pages that they go on by, `…/?page=2`. Pure.

The id of such a page is the list's with its number: `ls055592025-2`.
"""

import re
from urllib.parse import parse_qsl, urlsplit

_FURTHER = re.compile(r"[2-9]|[1-9]\d{1,2}")
LIST_ID = re.compile(rf"(ls\d{{6,12}})(?:-({_FURTHER.pattern}))?")
_LIST = re.compile(r"/(?:[a-z]{2}(?:-[a-z]{2,3})?/)?list/(ls\d{6,12})(?:/.*)?")


def list_of(url: str) -> str | None:
    """The id of the page of a list that a URL names; None if it names none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    match = _LIST.fullmatch(parts.path)
    return list_page(match[1], dict(parse_qsl(parts.query)).get("page", "")) if match else None


def list_page(id: str, page: str) -> str:
    """The id of a page of the list `id`: the first, unless `page` is a number from 2 to 999."""
    return f"{id}-{page}" if _FURTHER.fullmatch(page) else id


def list_path(id: str) -> str:
    """The path of a page of a list, by its id."""
    list, _, page = id.partition("-")
    return f"/list/{list}/?page={page}" if page else f"/list/{list}/"
