"""Pages of megabytes that are made to be slow to read, for the tests of scraper and etl.

Each is the page of the film `ID` with one hostile part. A reader handles or refuses each of them in little time.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

import orjson

ID = "tt0111161"
MAX_CPU_SECONDS = 1.0
log = logging.getLogger(__name__)
_BYTES = 5_000_000
_MARKS = "a" + "\u0345" * 40_000 + "\u0301" * 40_000
"""A letter with marks in an order that a normal form must reverse, one by one."""
_FEWER_MARKS = _MARKS[35_000:45_000]
_HEAD = (
    f'<title>A (2001)</title><link rel="canonical" href="https://www.imdb.com/title/{ID}/">'
    '<meta property="og:type" content="video.movie">'
)
_DATA = '<script id="__NEXT_DATA__" type="application/json">'
_LINKED = '<script type="application/ld+json">'
_TOPS = {
    "2010": '<div id="tn15title"><h1>A</h1></div>',
    "2011": '<table><tr><td id="overview-top"><h1>A</h1></td></tr></table>',
    "2015": '<div class="title_wrapper"><h1>A</h1></div>',
    "reference": '<div class="titlereference-header"><h3 itemprop="name">A</h3></div>',
    "visible": '<div data-testid="hero-parent"><h1 data-testid="hero__pageTitle">A</h1></div>',
}
"""The top of a page without data, in each layout."""


def _page(body: str, *, head: str = "", top: str = _HEAD) -> str:
    return f'<!DOCTYPE html><html><head>{top}{head}</head><body>{body}<div id="footer"></div></body></html>'


def _modern(*, body: str = "", head: str = "", main: Any = None, **above: Any) -> str:
    facts = {"id": ID, "titleText": {"text": "A"}, "titleType": {"id": "movie"}, **above}
    props = {"tconst": ID, "aboveTheFoldData": facts, "mainColumnData": main or {"id": ID}}
    data = orjson.dumps({"props": {"pageProps": props}, "page": "/title/[tconst]"}).decode()
    return _page(f"{body}{_DATA}{data}</script>", head=head)


def _people(*names: str, notes: tuple[str, ...] = ()) -> list[Any]:
    credits = [
        {"name": {"nameText": {"text": name}}, "attributes": [{"text": note} for note in notes]} for name in names
    ]
    return [{"category": {"id": role}, "credits": credits} for role in ("director", "writer", "cast")]


def _edges(text: str, count: int) -> dict[str, Any]:
    return {"edges": [{"node": {"text": f"{text}{n}", "primaryText": {"text": f"{text}{n}"}}} for n in range(count)]}


def _titles(count: int) -> dict[str, Any]:
    return {"edges": [{"node": {"id": f"tt{n:07}", "titleText": {"text": "B"}}} for n in range(count)]}


def _filled(piece: str, size: int = _BYTES) -> str:
    return piece * (size // len(piece.encode()))


def _linked(**facts: Any) -> str:
    document = {"@type": "Movie", "url": f"/title/{ID}/", "name": "A", **facts}
    return _page("", head=f"{_LINKED}{orjson.dumps(document).decode()}</script>")


VALUES: dict[str, Callable[[], str]] = {
    "notes of a name": lambda: _modern(principalCredits=_people("A" + " (a)" * 100_000)),
    "open notes of a name": lambda: _modern(principalCredits=_people("A" + " (a" * 100_000 + ")" * 100_000)),
    "notes": lambda: _modern(principalCredits=_people("A", notes=("(a)",) * 100_000)),
    "fewer notes": lambda: _modern(principalCredits=_people("A", notes=("(a)",) * 20_000)),
    "marks in a name": lambda: _modern(principalCredits=_people(_MARKS)),
    "marks in many names": lambda: _modern(
        principalCredits=_people(*(f"{n}{_MARKS[35_000:45_000]}" for n in range(150)))
    ),
    "marks in the title": lambda: _modern(titleText={"text": _MARKS}),
    "marks in the plot": lambda: _modern(plot={"plotText": {"plainText": _MARKS}}),
    "people": lambda: _modern(principalCredits=_people(*map(str, range(60_000)))),
    "genres": lambda: _modern(genres={"genres": [{"text": str(n)} for n in range(300_000)]}),
    "one genre": lambda: _modern(genres={"genres": [{"text": "Drama"}] * 300_000}),
    "keywords": lambda: _modern(keywords=_edges("k", 100_000), interests=_edges("i", 50_000)),
    "based-on keywords": lambda: _modern(keywords=_edges("based on a " * 50, 2_000)),
    "similar titles": lambda: _modern(main={"id": ID, "moreLikeThisTitles": _titles(100_000)}),
    "a long plot": lambda: _modern(plot={"plotText": {"plainText": _filled("falls-in-love ")}}),
    "a plot of phrases": lambda: _modern(plot={"plotText": {"plainText": _filled("falls_in_love, ", 9_900)}}),
    "spaces": lambda: _modern(titleText={"text": "A" + _filled(" ") + "B"}),
    "deep arrays": lambda: _page(f"{_DATA}{'[' * 5_000_000}</script>"),
    "deep objects": lambda: _page(_DATA + '{"a":' * 1_800_000 + "</script>"),
    "closed objects": lambda: _page(_DATA + '{"a":' * 1_000 + "1" + "}" * 1_000 + "</script>"),
    "digits": lambda: _page(f'{_DATA}{{"props":{_filled("9")}}}</script>'),
    "states": lambda: _page(
        f'{_DATA}{{"props":{{"pageProps":{{"tconst":"{ID}"}},"urqlState":{{'
        + ",".join(f'"{n}":{{"data":{{"title":{{"id":"{ID}"}}}}}}' for n in range(150_000))
        + "}}}</script>"
    ),
    "a long route": lambda: _page(f'{_DATA}{{"page":"{_filled("/")}"}}</script>'),
    "linked ampersands": lambda: _linked(name=_filled("&"), url=f"/title/{ID}/?{_filled('&', 1_000)}"),
    "linked entities": lambda: _linked(
        description=_filled("&notit;"), director={"name": _filled("&amp;amp;", 1_000_000)}
    ),
    "linked numbers": lambda: _linked(name="A&#" + "9" * 9_000_000 + ";", url="&#" + "9" * 100_000),
    "linked people": lambda: _linked(director=[{"name": f"n{n}"} for n in range(300_000)]),
    "linked keywords": lambda: _linked(keywords=_filled("a,")),
    "linked stars": lambda: _linked(
        actor=[{"name": f"n{n}"} for n in range(50_000)],
        description="A is a movie starring " + _filled("n. ", 4_000_000),
    ),
    "linked scripts": lambda: _page("", head=_filled(f"{_LINKED}[]</script>")),
    "broken linked scripts": lambda: _page("", head=_filled(f"{_LINKED}{{</script>")),
    "a deep linked script": lambda: _page("", head=_LINKED + '{"a":' * 1_800_000 + "</script>"),
    "open scripts": lambda: _page(_filled(_DATA)),
    "a long address": lambda: _page("", head=f'<link rel="canonical" href="https://www.imdb.com/{_filled("a=1&")}">'),
    "an address of slashes": lambda: _page("", head=f'<link rel="canonical" href="{_filled("/title/")}">').replace(
        _HEAD, ""
    ),
    "a query": lambda: _page("", head=f'<link rel="canonical" href="/find/?{_filled("a=%41&")}">', top=""),
}
"""Pages with hostile values."""

ELEMENTS: dict[str, Callable[[], str]] = {
    "nested": lambda: "<div>" * 200_000,
    "nested and closed": lambda: "<div>" * 800_000 + "</div>" * 800_000,
    "nested in capitals": lambda: "<DIV>" * 1_800_000,
    "formatting": lambda: _filled("<b>"),
    "formatting in blocks": lambda: _filled("<b><div>"),
    "formatting in paragraphs": lambda: _filled("<i><p>"),
    "crossed formatting": lambda: _filled("<a><b><p></a></b>"),
    "fonts": lambda: "".join(f"<font x={n}>" for n in range(500_000)),
    "links": lambda: _filled('<a href="/name/nm0000001">'),
    "tables": lambda: _filled("<table>"),
    "tables of cells": lambda: _filled("<table><tr><td>"),
    "text in tables": lambda: "<table>" + _filled("a<b>"),
    "lists": lambda: _filled("<ul><li>"),
    "items": lambda: _filled("<li>a"),
    "paragraphs": lambda: _filled("<p>"),
    "breaks": lambda: _filled("<br>"),
    "ends": lambda: _filled("</div>"),
    "ends of paragraphs": lambda: _filled("</p>"),
    "drawings": lambda: _filled("<svg>"),
    "drawings with text": lambda: _filled("<svg><foreignObject><math><mi>"),
    "templates": lambda: _filled("<template>"),
    "choices": lambda: _filled("<select><option><optgroup>"),
    "buttons": lambda: _filled("<button>"),
    "forms": lambda: _filled("<form><div>"),
    "own elements": lambda: _filled("<x-a>"),
    "frames": lambda: _filled("<frameset>"),
    "open comments": lambda: _filled("<!--"),
    "comments": lambda: _filled("<!---->"),
    "dashes": lambda: "<!--" + _filled("--!"),
    "sections": lambda: _filled("<![CDATA["),
    "instructions": lambda: _filled("<?a"),
    "doctypes": lambda: _filled("<!DOCTYPE html>"),
    "open tags": lambda: _filled("<a"),
    "open brackets": lambda: _filled("<"),
    "a long name": lambda: "<" + _filled("a"),
    "attributes": lambda: "<br " + " ".join(f"a{n}=1" for n in range(600_000)) + ">",
    "attributes of many tags": lambda: _filled("<br" + " a" * 90 + ">"),
    "one attribute again and again": lambda: "<br " + _filled("a=1 ") + ">",
    "a long attribute": lambda: f'<img title="{_filled("a")}">',
    "an open attribute": lambda: f'<img title="{_filled("<a ")}',
    "attributes of the page": lambda: "".join(f"<html a{n}=1><body b{n}=1>" for n in range(200_000)),
    "entities": lambda: _filled("&notit;"),
    "ampersands": lambda: _filled("&"),
    "entities in attributes": lambda: f'<img title="{_filled("&amp;")}">',
    "nulls": lambda: _filled("\0"),
    "lines": lambda: _filled("\r\n"),
    "raw text": lambda: _filled("<style><textarea>"),
    "plain text": lambda: _filled("<plaintext>"),
    "scripts": lambda: _filled("<script></script>"),
    "scripts in comments": lambda: "<script><!--" + _filled("<script>"),
    "titles": lambda: _filled("<title>a</title>"),
    "nested items with text": lambda: "<ul><li>" * 900 + _filled("a ", 8_000_000),
    "nested links with text": lambda: '<table><td><a href="/name/nm0000001">' * 600 + _filled("a ", 8_000_000),
    "nested blocks": lambda: (
        '<div class="txt-block info credit_summary_item see-more"><h4>' * 900 + "<i>a</i>" * 15_000
    ),
    "nested marks": lambda: '<div data-testid="title-pc-principal-credit"><ul><li>' * 900 + "<i>a</i>" * 15_000,
    "rows": lambda: _filled('<div class="rec_item" data-tconst="tt0000001"><img title="x"></div>', 1_500_000),
    "blocks": lambda: _filled('<div class="txt-block"><h4>a</h4><a href="/country/us">b</a></div>', 1_500_000),
    "notes": lambda: (
        '<div class="txt-block"><h4>Director:</h4>' + _filled('<a href="/name/nm0000001">A</a> (b', 1_500_000)
    ),
    "pages that follow": lambda: _filled(
        f'<a rel="next" href="/list/ls055592025/?page=2&a=b{"&c=d" * 10}">', 3_000_000
    ),
}
"""Hostile parts of the body of a page."""
LAYOUT_ELEMENTS = (
    *("nested items with text", "nested links with text", "nested blocks", "nested marks", "rows", "blocks", "notes"),
)
"""Parts that are hostile to the reader of one layout."""


def _with_elements(body: str, layout: str) -> str:
    return _modern(body=body) if layout == "modern" else _page(_TOPS[layout] + body)


def attacks(*layouts: str) -> dict[str, Callable[[], str]]:
    """Return all pages, by their names: each hostile part in the first layout, and those for layouts in the others too.

    They are built on demand, because each has megabytes.
    """
    first, *others = layouts
    elements = {f"{name} ({first})": _builder(name, first) for name in ELEMENTS}
    special = {f"{name} ({layout})": _builder(name, layout) for name in LAYOUT_ELEMENTS for layout in others}
    return {**VALUES, **elements, **special}


def _builder(name: str, layout: str) -> Callable[[], str]:
    return lambda: _with_elements(ELEMENTS[name](), layout)


def cpu_seconds(read: Callable[[], object]) -> float:
    """Return the processor time of a reader. It runs twice if it is slow, because other programs share the core."""
    fastest = float("inf")
    for _ in range(2):
        started = time.process_time()
        read()
        fastest = min(fastest, time.process_time() - started)
        if fastest < MAX_CPU_SECONDS:
            break
    log.info("%.3f s", fastest)
    return fastest
