"""Reading the elements of a page whose facts are in its HTML: bounded, and what is not there is None or empty.

The parser takes time quadratic in the depth of nesting and in the number of attributes of an element, so a page that
has more of them than pages for people have is not parsed at all.
"""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cinestream_etl.stages.title import Person

MAX_DEPTH = 2_000
"""Of elements left open; real pages reach 300, because browsers save some end tags away."""
MAX_TAGS = 50_000
MAX_PARTS = 200
"""Of one element: the names and values of its attributes, and the spaces between them; real pages reach 97."""

_TAG = re.compile(rb"<(/?)([a-z][^\s/>]*+)")
_ATTRIBUTES = re.compile(
    rb"""(?:=\s*+"[^"]*+"|=\s*+'[^']*+'|=\s*+[^\s"'>][^\s>]*+|[^\s=/>]++|\s++|[=/]){0,%d}+(?:>|\Z)""" % MAX_PARTS
)
_NEVER_DEEP = frozenset(
    b"area base br col embed hr img input link meta param source track wbr"  # they have no end
    b" p li dt dd td th tr tbody thead tfoot option optgroup colgroup".split()  # their end may be left out
)
_TITLE = re.compile(r"(?:^|/)title/(tt\d{7,10})/?(?:(?:combined|reference|maindetails)/?)?(?:[?#]|$)")
_NAME = re.compile(r"/name/(nm\d{7,10})")
_NOTE = re.compile(r"\(([^()]*)\)")


def tree(html: bytes) -> LexborHTMLParser | None:
    """The elements of a page, or None if it is made to take long."""
    return LexborHTMLParser(html) if _is_bounded(html.lower()) else None


def _is_bounded(html: bytes) -> bool:
    depth = tags = 0
    found = _TAG.search(html)
    while found:
        closes, name = found.groups()
        tags += 1
        if name not in _NEVER_DEEP:
            depth = max(0, depth - 1) if closes else depth + 1
        if depth > MAX_DEPTH or tags > MAX_TAGS or not _ATTRIBUTES.match(html, found.end()):
            return False
        # In a script "<" is no tag.
        end = html.find(b"</script", found.end()) if name == b"script" and not closes else found.end()
        found = _TAG.search(html, end) if end >= 0 else None
    return True


def title_id(page: LexborHTMLParser) -> str | None:
    """The id of the title that the page is about, as its head says; None on pages about a part of a title."""
    for selector, attribute in (('link[rel="canonical"]', "href"), ('meta[property="og:url"]', "content")):
        if (address := attribute_of(page, selector, attribute)) is not None:
            found = _TITLE.search(address)
            return found[1] if found else None
    return attribute_of(page, 'meta[property="pageId"]', "content")


def attribute_of(node: LexborHTMLParser | LexborNode, selector: str, attribute: str) -> str | None:
    """The attribute of the first element that has it; None if it is empty."""
    for found in node.css(selector):
        if value := found.attributes.get(attribute):
            return value
    return None


def text_of(node: LexborHTMLParser | LexborNode, selector: str) -> str | None:
    """The text of the first such element that has some, with single spaces."""
    return next(texts_of(node, selector), None)


def texts_of(node: LexborHTMLParser | LexborNode, selector: str) -> Iterator[str]:
    """The text of each such element that has some, with single spaces."""
    return (text for found in node.css(selector) if (text := " ".join(found.text().split())))


def own_text(node: LexborNode, *, without: str = "") -> str:
    """The text of an element without that of the children that match the selector; by default of no child."""
    skipped = {child.mem_id for child in node.css(without)} if without else None
    parts = []
    for child in node.iter(include_text=True):
        if child.is_text_node or (skipped is not None and child.mem_id not in skipped):
            parts.append(child.text())
    return " ".join("".join(parts).split())


def unquoted(text: str) -> str:
    """The text without the quotation marks around all of it; those of a part stay."""
    inner = text[1:-1]
    return inner if text == f'"{inner}"' and '"' not in inner else text


def people_of(node: LexborNode) -> Iterator[Person]:
    """The people that an element links to, with what stands in brackets behind each ("(novel)")."""
    person: tuple[str, str] | None = None
    behind: list[str] = []
    for child in node.iter(include_text=True):
        found = _NAME.search(child.attributes.get("href") or "") if child.tag == "a" else None
        if found:
            if person:
                yield _person(*person, "".join(behind))
            person, behind = (" ".join(child.text().split()), found[1]), []
        elif child.is_text_node:
            behind.append(child.text())
    if person:
        yield _person(*person, "".join(behind))


def _person(name: str, id: str, behind: str) -> Person:
    # "(as …)" is another name of the person, nothing about the work.
    return Person(name, id, tuple(note for note in _NOTE.findall(behind) if not note.startswith("as ")))
