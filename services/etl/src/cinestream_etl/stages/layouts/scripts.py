"""Finding the data that a page carries in `<script>` elements.

By plain search: an HTML parser takes ten times longer on a megabyte, and for minutes on a page of a hundred thousand
nested elements (the standard's algorithm is quadratic in the depth). The text of a script has no entities and ends at
the first `</script`, so nothing is lost.
"""

from collections.abc import Iterator

MAX_TAG = 500
"""How far a mark can be from either end of its tag: without bounds a page full of marks would take minutes."""


def script_texts(html: bytes, mark: bytes) -> Iterator[bytes]:
    """The text of each script that has the mark in its tag, in order; a script without an end is none."""
    at = html.find(mark)
    while at >= 0:
        tag = html.rfind(b"<script", max(0, at - MAX_TAG), at)
        start = html.find(b">", at, at + MAX_TAG) + 1
        if tag >= 0 and start > 0 and html.find(b">", tag, at) < 0:
            end = html.find(b"</script", start)
            if end < 0:
                return
            yield html[start:end]
            at = end
        at = html.find(mark, at + len(mark))
