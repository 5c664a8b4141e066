"""Limits of the HTML and the JSON of a page, above which it is not parsed.

The time of an HTML parser is quadratic in the depth of nesting and in the number of attributes of an element
(https://html.spec.whatwg.org/multipage/parsing.html#tree-construction). The time of reading the texts of elements grows
with the product of their size and depth. A page beyond these limits is made to be slow.
"""

import re

MAX_DEPTH = 2_000
"""Open elements. Real pages reach 206, because browsers drop some end tags when they save a page."""
MAX_TAGS = 200_000
"""Tags of a page. Real charts of 250 titles reach 28,000."""
MAX_PARTS = 200
"""Names and values of attributes in one tag, and spaces between them. Real pages reach 97."""
MAX_TAG_BYTES = 5_000_000
"""Bytes in all tags. Real pages reach 2,200,000."""
MAX_MARKS = 400_000
"""Characters "<" of a page: each may begin a comment or a tag."""
MAX_NULLS = 1_000
"""Null characters of a page, which a parser replaces one by one. Real pages have none."""
MAX_TAGS_BY_DEPTH = 10_000_000
"""The sum of the depths of all tags. Real pages reach 860,000."""
MAX_BYTES_BY_DEPTH = 400_000_000
"""The sum of the depths of all bytes outside of scripts. Real pages reach 38,000,000."""

MAX_JSON_VALUES = 100_000
"""Commas of the data in a page. Real pages reach 26,000."""

_TAG = re.compile(rb"<(/?)([a-z][^\s/>]*+)")
_ATTRIBUTES = re.compile(
    rb"""(?:=\s*+"[^"]*+"|=\s*+'[^']*+'|=\s*+[^\s"'>][^\s>]*+|[^\s=/>]++|\s++|[=/]){0,%d}+(?:>|\Z)""" % MAX_PARTS
)
_NEVER_DEEP = frozenset(
    b"area base br col embed hr img input link meta param source track wbr"  # never have an end tag
    b" p li dt dd td th tr tbody thead tfoot option optgroup colgroup".split()  # may lack their end tag
)


def is_parsable(html: bytes, *, max_tags: int = MAX_TAGS) -> bool:
    """Return True if the page is within all limits. The time is linear in its length."""
    if html.count(b"<") > MAX_MARKS or html.count(b"\0") > MAX_NULLS:
        return False
    return _is_bounded(html.lower(), max_tags)


def is_decodable(data: bytes) -> bool:
    """Return True if the JSON of a page is within the limit of its values."""
    return data.count(b",") <= MAX_JSON_VALUES


def _is_bounded(html: bytes, max_tags: int) -> bool:
    depth = tags = tag_bytes = tags_by_depth = bytes_by_depth = before = 0
    found = _TAG.search(html)
    while found:
        closes, name = found.groups()
        tags += 1
        tags_by_depth += depth
        bytes_by_depth += depth * (found.start() - before)
        if name not in _NEVER_DEEP:
            depth = max(0, depth - 1) if closes else depth + 1
        attributes = _ATTRIBUTES.match(html, found.end())
        tag_bytes += attributes.end() - found.start() if attributes else MAX_TAG_BYTES
        if depth > MAX_DEPTH or tags > max_tags or tag_bytes >= MAX_TAG_BYTES:
            return False
        # In a script "<" does not begin a tag.
        before = html.find(b"</script", found.end()) if name == b"script" and not closes else found.end()
        found = _TAG.search(html, before) if before >= 0 else None
    bytes_by_depth += depth * (len(html) - before)
    return tags_by_depth <= MAX_TAGS_BY_DEPTH and bytes_by_depth <= MAX_BYTES_BY_DEPTH
