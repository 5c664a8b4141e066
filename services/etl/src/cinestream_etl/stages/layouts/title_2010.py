"""Title pages until 2010 ("tn15"), and the combined view that kept this layout for years after.

The facts are in `.info` blocks with English headings. The first of these pages have names where later ones have codes.
There is no certificate: the page lists those of all countries, and does not mark the viewer's.
"""

import re
from collections.abc import Callable, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cinestream_etl.stages.layouts import codes, storyline
from cinestream_etl.stages.layouts.localised import date, decimal, whole_number
from cinestream_etl.stages.layouts.tree import own_text, people_of, text_of, texts_of, title_elements, unquoted
from cinestream_etl.stages.title import ParsedTitle, Related

_LAYOUT_MARKER = b"tn15title"
Convert = Callable[[str], str]
_ORIGINAL = "(original title)"
_CODE = re.compile(r"\((VG|V|TV|mini)\)")
_CODES = {"VG": "videoGame", "V": "video", "TV": "tvMovie", "mini": "tvMiniSeries"}
"""The codes of kinds behind the year. A series has no code, but its name is in quotation marks."""
_TITLE = re.compile(r"/title/(tt\d{7,10})")
_RATING = re.compile(r"\d{1,2}[.,]\d/10")
_MINUTES = re.compile(r"(\d{1,4})\s*min\b")


def read(html: bytes) -> ParsedTitle | None:
    """Return the title of the page, or None if the page has another layout."""
    found = title_elements(html, mark=_LAYOUT_MARKER, heading="#tn15title h1")
    if found is None:
        return None
    page, heading, id = found
    blocks = _blocks(page)
    genres = tuple(texts_of(blocks["Genre"], 'a[href*="/Genres/"]')) if "Genre" in blocks else ()
    runtime = _MINUTES.search(_block_text(blocks, "Runtime") or "")
    shown = own_text(heading)
    original = text_of(heading, ".title-extra") or ""
    return ParsedTitle(
        id=id,
        kind=_kind(heading, shown) or storyline.kind(page, "", genres),
        title=unquoted(shown),
        original_title=unquoted(original.removesuffix(_ORIGINAL).strip()) if original.endswith(_ORIGINAL) else None,
        year=storyline.year(page, text_of(heading, 'a[href*="/year/"]')),
        rating=decimal(next((text for text in texts_of(page, "#tn15rating b") if _RATING.match(text)), None)),
        votes=whole_number(text_of(page, '#tn15rating a[href$="ratings"]')),
        release_date=date(_block_text(blocks, "Release Date")),
        directors=tuple(people_of(blocks["Director"])) if "Director" in blocks else (),
        writers=tuple(people_of(blocks["Writer"])) if "Writer" in blocks else (),
        stars=tuple(person for cell in page.css("table.cast td.nm") for person in people_of(cell))[:3],
        genres=genres,
        keywords=tuple(texts_of(page, "#tn15plotkeywords a")),
        plot=_block_text(blocks, "Plot"),
        tagline=_block_text(blocks, "Tagline"),
        runtime_minutes=int(runtime[1]) if runtime else None,
        countries=tuple(_coded(blocks, "Country", storyline.COUNTRY, str.upper, codes.country)),
        languages=tuple(_coded(blocks, "Language", storyline.LANGUAGE, str.lower, codes.language)),
        poster=storyline.poster(page, '#tn15lhs .photo img, .photo a[name="poster"] img'),
        locale=storyline.locale(page),
        recommendations=tuple(_related(page)),
    )


def _kind(heading: LexborNode, shown: str) -> str | None:
    found = _CODE.search(" ".join(own_text(part) for part in heading.css("span")))
    return _CODES[found[1]] if found else "tvSeries" if unquoted(shown) != shown else None


def _blocks(page: LexborHTMLParser) -> dict[str, LexborNode]:
    """Return the contents of the `.info` blocks, by their headings in the singular."""
    found: dict[str, LexborNode] = {}
    for block in page.css(".info"):
        if head := text_of(block, "h5"):
            # The heading can have brackets: "Writers (WGA):".
            found.setdefault(
                head.partition("(")[0].rstrip(": ").removesuffix("s"), block.css_first(".info-content") or block
            )
    return found


def _coded(
    blocks: dict[str, LexborNode], head: str, pattern: re.Pattern[str], case: Convert, code_of: Convert
) -> Iterator[str]:
    """Yield the codes in the links, which pages have since 2012, or else the codes of the names."""
    for link in blocks[head].css("a") if head in blocks else ():
        found = pattern.search(link.attributes.get("href") or "")
        if name := " ".join(link.text().split()):
            yield case(found[1]) if found else code_of(name)


def _related(page: LexborHTMLParser) -> Iterator[Related]:
    # The ratings of recommended titles are pictures.
    for link in page.css("table.recs a[href]"):
        found = _TITLE.search(link.attributes.get("href") or "")
        if found and (title := " ".join(link.text().split())):
            yield Related(found[1], title)


def _block_text(blocks: dict[str, LexborNode], head: str) -> str | None:
    text = own_text(blocks[head], without="a.tn15more, h5").rstrip("»| ") if head in blocks else ""
    return text or None
