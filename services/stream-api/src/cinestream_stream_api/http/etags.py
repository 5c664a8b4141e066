"""The comparison of entity tags in `If-None-Match` (RFC 9110, 8.8.3 and 13.1.2). Pure."""

import re

_ENTITY_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_TAG = "\n"
"""Stands for an entity tag. No header has a line break."""


def is_not_modified(if_none_match: str, etag: str) -> bool:
    """Return True if the client has the version with this entity tag.

    The comparison is weak, as RFC 9110 demands for this header: `W/"a"` equals `"a"`. Case matters.

    Args:
        if_none_match: the values of the headers, joined with commas. A malformed list is ignored.
        etag: a strong entity tag with its quotes.
    """
    text = if_none_match.strip(" \t")
    elements = _ENTITY_TAG.sub(_TAG, text).split(",")
    # Empty elements of a list are ignored (RFC 9110, 5.6.1).
    if any(element.strip(" \t") not in ("", _TAG) for element in elements):
        return text == "*"
    return etag in _ENTITY_TAG.findall(text)
