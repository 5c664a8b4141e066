"""The search for the data that a page carries in `<script>` elements.

It is a plain search of bytes. An HTML parser takes ten times longer on a megabyte. It takes minutes on a page of a
hundred thousand nested elements, because the standard's algorithm is quadratic in the depth. The text of a script has
no entities and ends at the first `</script`, so the plain search finds the same.
"""

from collections.abc import Iterator

from cinestream.contracts import Invalid
from cinestream.contracts.markup import MAX_JSON_VALUES, is_decodable
from cinestream_flow.message import Message

MAX_TAG = 500
"""Bytes that a mark can be away from either end of its tag. Without a limit a page full of marks would take minutes."""


def script_texts(html: bytes, mark: bytes) -> Iterator[bytes]:
    """Yield the text of each script that has the mark in its tag, in order.

    A script without an end is ignored.

    Raises:
        Invalid: a script has too many values.
    """
    at = html.find(mark)
    while at >= 0:
        tag = html.rfind(b"<script", max(0, at - MAX_TAG), at)
        start = html.find(b">", at, at + MAX_TAG) + 1
        if tag >= 0 and start > 0 and html.find(b">", tag, at) < 0:
            end = html.find(b"</script", start)
            if end < 0:
                return
            script = html[start:end]
            if not is_decodable(script):
                raise Invalid(Message("page: the data has more than {limit:,} values", limit=MAX_JSON_VALUES))
            yield script
            at = end
        at = html.find(mark, at + len(mark))
