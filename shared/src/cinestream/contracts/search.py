"""The addresses and ids of searches."""

import hashlib
import re
from urllib.parse import parse_qsl, urlencode, urlsplit

_SEARCH = re.compile(r"/(?:[a-z]{2}(?:-[a-z]{2,3})?/)?(find|search/title)/?")
_IRRELEVANT = frozenset({"ref_", "lang"})
_SEPARATORS = re.compile(r"[^a-z0-9]+")
MAX_QUERY = 500


def search_query(address: str) -> str | None:
    """Return the path and query of a search in a canonical form, or None if the address is not that of a search.

    The parameters are sorted, and those without influence on the result are removed. The address may have a host.
    """
    try:
        parts = urlsplit(address)
        match = _SEARCH.fullmatch(parts.path)
        parameters = sorted((name, value) for name, value in parse_qsl(parts.query) if name not in _IRRELEVANT)
    except ValueError:
        return None
    if not match or not parameters:
        return None
    query = f"/{match[1]}/?{urlencode(parameters, errors='replace')}"
    return query if len(query) <= MAX_QUERY else None


def title_search(text: str) -> str:
    """Return the path and query of a search for titles by name."""
    return f"/find/?{urlencode([('q', text.strip()[:100]), ('s', 'tt')], errors='replace')}"


def search_id(query: str) -> str:
    """Return the id of a search: one token of readable words and a hash that makes it unique."""
    words = _SEPARATORS.sub("-", query.lower()).strip("-")[:40].rstrip("-")
    return f"{words}-{hashlib.sha256(query.encode()).hexdigest()[:12]}"
