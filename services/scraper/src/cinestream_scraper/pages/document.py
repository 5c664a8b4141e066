"""The documents in a page's text: the HTML itself, its `__NEXT_DATA__` and its JSON-LD, each parsed at most once."""

from functools import cached_property
from typing import Any

import orjson
from selectolax.lexbor import LexborHTMLParser

from cinestream.contracts.markup import is_decodable, is_parsable

Json = dict[str, Any]

_NEXT_DATA = 'id="__NEXT_DATA__"'
_END_WITHIN = 4096
_MAX_ATTRIBUTE = 4_000
_MAX_LINKED_SCRIPTS = 100


class Document:
    """The text of a page and what is parsed from it, on first use.

    Pages have up to several MB, and parsing one takes longer than everything else that is done with it. Pass the
    document on instead of its text. Nothing here raises: what cannot be parsed is absent.
    """

    def __init__(self, html: str) -> None:
        self.html = html

    @cached_property
    def is_parsable(self) -> bool:
        """True if the page is within the limits of HTML. A page beyond them has no elements."""
        return is_parsable(self._bytes)

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """The parsed HTML."""
        return LexborHTMLParser(self._bytes if self.is_parsable else b"")

    @property
    def _bytes(self) -> bytes:
        return self.html.encode("utf-8", "replace")

    @property
    def has_next_data(self) -> bool:
        """True if `script#__NEXT_DATA__` begins in the page, even if it is cut off."""
        return _NEXT_DATA in self.html

    @cached_property
    def data(self) -> Json | None:
        """The object in `script#__NEXT_DATA__`, or None if it is absent, damaged, cut off or too large."""
        # Found in the text: the tree would take a script that is cut off for one that ends with the page.
        start = self.html.find(">", self.html.find(_NEXT_DATA)) + 1
        end = self.html.find("</script>", start)
        if not self.has_next_data or start == 0 or end < 0:
            return None
        try:
            script = self.html[start:end].encode("utf-8", "surrogatepass")
            data = orjson.loads(script) if is_decodable(script) else None
        except orjson.JSONDecodeError:
            return None
        return data if isinstance(data, dict) else None

    @cached_property
    def linked_data(self) -> Json:
        """The first JSON-LD object (https://www.w3.org/TR/json-ld11/), or an empty one."""
        for node in self.tree.css('script[type="application/ld+json"]')[:_MAX_LINKED_SCRIPTS]:
            try:
                text = node.text().encode("utf-8", "surrogatepass")
                data = orjson.loads(text) if is_decodable(text) else None
            except orjson.JSONDecodeError:
                continue
            if isinstance(data, dict):
                return data
        return {}

    @property
    def ends(self) -> bool:
        """True if the page has its end tag. Archives may add a comment after it."""
        return "</html" in self.html[-_END_WITHIN:].lower()

    def attribute(self, selector: str, name: str) -> str:
        """Return an attribute of the first element that matches, or an empty text if it is absent or very long."""
        node = self.tree.css_first(selector)
        value = (node.attributes.get(name) or "") if node is not None else ""
        return value if len(value) <= _MAX_ATTRIBUTE else ""


def path_into(data: object, *keys: str) -> Any:
    """Return the value at the end of the keys in nested objects, or None if one is missing."""
    for key in keys:
        if not isinstance(data, dict):
            return None
        data = data.get(key)
    return data
