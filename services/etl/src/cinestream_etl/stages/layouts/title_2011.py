"""Title pages of 2011 to 2015. The facts are in the table cell `#overview-top`, since 2012 with microdata."""

import re

from selectolax.lexbor import LexborHTMLParser

from cinestream_etl.stages.layouts import storyline
from cinestream_etl.stages.layouts.localised import date, decimal, whole_number
from cinestream_etl.stages.layouts.tree import (
    attribute_of,
    own_text,
    people_of,
    text_of,
    texts_of,
    title_elements,
    unquoted,
)
from cinestream_etl.stages.title import ParsedTitle, Person

_LAYOUT_MARKER = b"overview-top"
_MINUTES = re.compile(r"(\d{1,4})\s*min\b")
_TOP = "#overview-top"


def read(html: bytes) -> ParsedTitle | None:
    """Return the title of the page, or None if the page has another layout."""
    found = title_elements(html, mark=_LAYOUT_MARKER, heading=f"{_TOP} h1")
    if found is None:
        return None
    page, heading, id = found
    bar = text_of(page, f"{_TOP} .infobar") or ""
    released = text_of(page, f'{_TOP} .infobar a[href*="releaseinfo"]')
    genres = storyline.genres(page, f"{_TOP} .infobar")
    original = page.css_first(f"{_TOP} .title-extra")
    runtime = _MINUTES.search(bar)
    return ParsedTitle(
        id=id,
        kind=storyline.kind(page, bar, genres),
        title=text_of(heading, '.itemprop[itemprop="name"]') or own_text(heading),
        original_title=unquoted(own_text(original)) if original else None,
        year=storyline.year(page, text_of(heading, 'span a[href*="/year/"]')),
        rating=_rating(page),
        votes=_votes(page),
        release_date=date(released) or attribute_of(page, f'{_TOP} [itemprop="datePublished"]', "content"),
        directors=_credits(page, "Director", "director"),
        writers=_credits(page, "Writer", "creator"),
        stars=_credits(page, "Star", "actors"),
        genres=genres,
        keywords=storyline.keywords(page),
        plot=_plot(page),
        tagline=storyline.tagline(page),
        runtime_minutes=int(runtime[1]) if runtime else None,
        certificate=_certificate(page),
        countries=storyline.countries(page),
        languages=storyline.languages(page),
        poster=storyline.poster(page, "#img_primary img"),
        locale=storyline.locale(page),
        recommendations=tuple(storyline.related(page)),
    )


def _rating(page: LexborHTMLParser) -> float | None:
    shown = text_of(page, f'{_TOP} [itemprop="ratingValue"]') or text_of(page, f"{_TOP} .rating-rating")
    return decimal(shown)


def _votes(page: LexborHTMLParser) -> int | None:
    return whole_number(
        text_of(page, f'{_TOP} [itemprop="ratingCount"]') or text_of(page, f'{_TOP} a[href$="ratings"]')
    )


def _credits(page: LexborHTMLParser, label: str, role: str) -> tuple[Person, ...]:
    for block in page.css(f"{_TOP} .txt-block"):
        if block.attributes.get("itemprop") == role or (text_of(block, "h4") or "").startswith(label):
            return tuple(people_of(block))
    return ()


def _plot(page: LexborHTMLParser) -> str | None:
    for selector in (f'{_TOP} p[itemprop="description"]', f"{_TOP} > p"):
        for node in page.css(selector):
            if text := own_text(node, without='a[href*="plotsummary"], a[href*="contribut"]').rstrip("» "):
                return text
    return None


def _certificate(page: LexborHTMLParser) -> str | None:
    mark = f'{_TOP} .infobar [itemprop="contentRating"]'
    shown = attribute_of(page, mark, "title") or attribute_of(page, mark, "content") or next(texts_of(page, mark), None)
    return shown or attribute_of(page, f"{_TOP} .infobar img[title]", "title")
