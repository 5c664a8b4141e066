"""Access to the elements of a page whose facts are in its HTML. An absent text is None, an absent list is empty."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cinestream.contracts.markup import is_parsable
from cinestream_etl.stages.title import Person

MAX_TAGS = 50_000
"""Tags of a page of a title, of which far less is read than of a chart."""

_TITLE = re.compile(r"(?:^|/)title/(tt\d{7,10})/?(?:(?:combined|reference|maindetails)/?)?(?:[?#]|$)")
_NAME = re.compile(r"/name/(nm\d{7,10})")
_NOTE = re.compile(r"\(([^()]*)\)")


class TitleElements(NamedTuple):
    """A parsed page, the element with the name of its title, and the title id."""

    page: LexborHTMLParser
    heading: LexborNode
    id: str


def _tree(html: bytes) -> LexborHTMLParser | None:
    """Return the elements of a page, or None if the page exceeds a limit."""
    return LexborHTMLParser(html) if is_parsable(html, max_tags=MAX_TAGS) else None


def title_elements(html: bytes, *, mark: bytes, heading: str) -> TitleElements | None:
    """Parse a page and find its title.

    Args:
        html: the page, as UTF-8.
        mark: bytes that every page of the layout contains. Other pages are not parsed.
        heading: the selector of the element with the title's name.

    Returns:
        The elements, or None if the page has no mark, no heading or no title id.
    """
    page = _tree(html) if mark in html else None
    found = page.css_first(heading) if page else None
    id = _title_id(page) if page else None
    return TitleElements(page, found, id) if page and found and id else None


def _title_id(page: LexborHTMLParser) -> str | None:
    """Return the title id in the page's head, or None. Pages about a part of a title have none."""
    for selector, attribute in (('link[rel="canonical"]', "href"), ('meta[property="og:url"]', "content")):
        if (address := attribute_of(page, selector, attribute)) is not None:
            found = _TITLE.search(address)
            return found[1] if found else None
    return attribute_of(page, 'meta[property="pageId"]', "content")


def attribute_of(node: LexborHTMLParser | LexborNode, selector: str, attribute: str) -> str | None:
    """Return the first value of the attribute among the matching elements that is not empty, or None."""
    for found in node.css(selector):
        if value := found.attributes.get(attribute):
            return value
    return None


def text_of(node: LexborHTMLParser | LexborNode, selector: str) -> str | None:
    """Return the text of the first matching element with text, with single spaces, or None."""
    return next(texts_of(node, selector), None)


def texts_of(node: LexborHTMLParser | LexborNode, selector: str) -> Iterator[str]:
    """Return the text of each matching element with text, with single spaces."""
    return (text for found in node.css(selector) if (text := " ".join(found.text().split())))


def own_text(node: LexborNode, *, without: str = "") -> str:
    """Return the text of an element, with single spaces.

    Without a selector no text of children is included. Otherwise only children that match `without` are left out.
    """
    skipped = {child.mem_id for child in node.css(without)} if without else None
    parts = []
    for child in node.iter(include_text=True):
        if child.is_text_node or (skipped is not None and child.mem_id not in skipped):
            parts.append(child.text())
    return " ".join("".join(parts).split())


def unquoted(text: str) -> str:
    """Return the text without quotation marks, if one pair encloses all of it and there are no others."""
    inner = text[1:-1]
    return inner if text == f'"{inner}"' and '"' not in inner else text


def people_of(node: LexborNode) -> Iterator[Person]:
    """Yield the people that an element links to, with the notes in brackets behind each ("(novel)")."""
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
    # "(as …)" gives another name of the person, so it is no note about the work.
    return Person(name, id, tuple(note for note in _NOTE.findall(behind) if not note.startswith("as ")))
