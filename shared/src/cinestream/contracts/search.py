"""The addresses of searches, and the id that a search is known by. Pure."""

import hashlib
import re
from urllib.parse import parse_qsl, urlencode, urlsplit

_SEARCH = re.compile(r"/(?:[a-z]{2}(?:-[a-z]{2,3})?/)?(find|search/title)/?")
_NO_CHOICE = frozenset({"ref_", "lang"})
_NO_TOKEN = re.compile(r"[^a-z0-9]+")
MAX_QUERY = 500


def search_of(address: str) -> str | None:
    """The path and query of a search in their one form: parameters sorted, those that choose nothing left out.

    None if the address (with or without host) is not that of a search, or searches for nothing.
    """
    try:
        parts = urlsplit(address)
        match = _SEARCH.fullmatch(parts.path)
        parameters = sorted((name, value) for name, value in parse_qsl(parts.query) if name not in _NO_CHOICE)
    except ValueError:
        return None
    if not match or not parameters:
        return None
    query = f"/{match[1]}/?{urlencode(parameters, errors='replace')}"
    return query if len(query) <= MAX_QUERY else None


def search_for(text: str) -> str:
    """The search for titles by their names."""
    return f"/find/?{urlencode([('q', text.strip()[:100]), ('s', 'tt')], errors='replace')}"


def search_id(query: str) -> str:
    """The id of a search: a single token, readable at its beginning and unique by its end."""
    words = _NO_TOKEN.sub("-", query.lower()).strip("-")[:40].rstrip("-")
    return f"{words}-{hashlib.sha256(query.encode()).hexdigest()[:12]}"
