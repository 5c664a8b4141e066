"""The parts that several layouts share: the sections below the top, the recommendations, and the kind of a title.

Blocks are recognised by the targets of their links, because headings differ by language. A browser that saves a page
changes these targets only from relative to absolute.
"""

import re
from collections.abc import Iterable, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cinestream_etl.stages.layouts import head
from cinestream_etl.stages.layouts.localised import decimal
from cinestream_etl.stages.layouts.tree import attribute_of, own_text, text_of, texts_of
from cinestream_etl.stages.title import Related

_OPEN_GRAPH = {"video.tv_show": "tvSeries", "video.episode": "tvEpisode", "tv_show": "tvSeries", "game": "videoGame"}
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_DURATION = re.compile(r"PT(?:(\d{1,3})H)?(?:(\d{1,5})M)?")
COUNTRY = re.compile(r"(?:(?:country_of_origin|countries)=|/country/)([A-Za-z]{2,4})(?![A-Za-z])")
LANGUAGE = re.compile(r"(?:(?:primary_language|languages)=|/language/)([A-Za-z]{2,4})(?![A-Za-z])")
_PICTURE = re.compile(r"/images/M/")


def kind(page: LexborHTMLParser, line: str, genres: tuple[str, ...]) -> str:
    """Return the kind of the title from the brackets in the page's head, or else from the `line` below its name."""
    if found := head.kind(_brackets(page)) or head.kind(line):
        return found
    graph = _OPEN_GRAPH.get(attribute_of(page, 'meta[property="og:type"]', "content") or "", "movie")
    return "short" if graph == "movie" and "Short" in genres else graph


def year(page: LexborHTMLParser, shown: str | None) -> int | None:
    """Return the year shown beside the title, or else the one in the page's head."""
    return head.year(shown or "") or head.year(_brackets(page))


def minutes(page: LexborHTMLParser | LexborNode) -> int | None:
    """Return the running time of the first `<time>`, or None."""
    found = _DURATION.match(attribute_of(page, "time[datetime]", "datetime") or "")
    return int(found[1] or 0) * 60 + int(found[2] or 0) or None if found else None


def genres(page: LexborHTMLParser, top: str) -> tuple[str, ...]:
    """Return the full list of the section "Storyline", or else the up to three genres of the element `top`."""
    full = texts_of(page, '.see-more a[href*="genre/"], .see-more a[href*="genres="]')
    return tuple(full) or tuple(texts_of(page, f'{top} a[href*="genre/"], {top} a[href*="genres="]'))


def keywords(page: LexborHTMLParser) -> tuple[str, ...]:
    """Return the few keywords that the page shows."""
    return tuple(texts_of(page, '.see-more a[href*="/keyword/"], .see-more a[href*="keywords="]'))


def tagline(page: LexborHTMLParser) -> str | None:
    """Return the tagline that the page shows, or None."""
    for block in page.css(".txt-block"):
        label = text_of(block, "h4") or ""
        if label.startswith("Tagline") or block.css('a[href*="taglines"]'):
            return own_text(block, without="h4, .see-more") or None
    return None


def countries(page: LexborHTMLParser) -> tuple[str, ...]:
    """Return the codes of the countries, as modern pages give them."""
    return tuple(code.upper() for code in codes(page.css(".txt-block a[href]"), COUNTRY))


def languages(page: LexborHTMLParser) -> tuple[str, ...]:
    """Return the codes of the languages, as modern pages give them."""
    return tuple(code.lower() for code in codes(page.css(".txt-block a[href]"), LANGUAGE))


def poster(page: LexborHTMLParser, selector: str) -> str | None:
    """Return the picture in the element, or else the one for social networks if it belongs to the title."""
    shown = attribute_of(page, selector, "src") or ""
    shared = attribute_of(page, 'meta[property="og:image"]', "content") or ""
    return next((address for address in (shown, shared) if _PICTURE.search(address)), None)


def related(page: LexborHTMLParser) -> Iterator[Related]:
    """Yield the recommended titles, in order. Their ratings and years are in another list with the same ids."""
    more = {node.attributes.get("data-tconst"): node for node in page.css(".rec_overview[data-tconst]")}
    for node in page.css(".rec_item[data-tconst]"):
        id = node.attributes.get("data-tconst") or ""
        # A title without a poster is written as text.
        if title := attribute_of(node, "img[title]", "title") or text_of(node, ".gen_title"):
            detail = more.get(id)
            stars = attribute_of(detail, ".rec-rating [title]", "title") if detail else None
            shown = _YEAR.search(text_of(detail, ".rec-title .nobr") or "") if detail else None
            yield Related(id, title, decimal(stars), int(shown[1]) if shown else None)


def codes(links: Iterable[LexborNode], pattern: re.Pattern[str]) -> Iterator[str]:
    """Yield the first group of the pattern for each link whose address it matches."""
    for link in links:
        if found := pattern.search(link.attributes.get("href") or ""):
            yield found[1]


def locale(page: LexborHTMLParser) -> str | None:
    """Return the language that the page declares, or None."""
    return attribute_of(page, "html", "lang") or attribute_of(page, 'meta[property="og:locale"]', "content")


def _brackets(page: LexborHTMLParser) -> str:
    titles = (text_of(page, "head title"), attribute_of(page, 'meta[property="og:title"]', "content"))
    return next((found for title in titles if title and (found := head.brackets(title))), "")
