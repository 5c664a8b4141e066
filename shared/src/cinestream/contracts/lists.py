"""The addresses of lists (`/list/ls055592025/`) and of their further pages (`/list/ls055592025/?page=2`).

The id of a further page is the id of the list and the number of the page: `ls055592025-2`.
"""

import re
from urllib.parse import parse_qsl, urlsplit

_FURTHER = re.compile(r"[2-9]|[1-9]\d{1,2}")
LIST_ID = re.compile(rf"(ls\d{{6,12}})(?:-({_FURTHER.pattern}))?")
_LIST = re.compile(r"/(?:[a-z]{2}(?:-[a-z]{2,3})?/)?list/(ls\d{6,12})(?:/.*)?")


def list_id_of(url: str) -> str | None:
    """Return the id of the list page at a URL, or None if it is not the URL of a list."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    match = _LIST.fullmatch(parts.path)
    return list_page(match[1], dict(parse_qsl(parts.query)).get("page", "")) if match else None


def list_page(id: str, page: str) -> str:
    """Return the id of a page of a list. Any `page` but a number from 2 to 999 means the first page."""
    return f"{id}-{page}" if _FURTHER.fullmatch(page) else id


def list_path(id: str) -> str:
    """Return the path of a list page."""
    list, _, page = id.partition("-")
    return f"/list/{list}/?page={page}" if page else f"/list/{list}/"
