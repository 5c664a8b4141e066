"""The reference view of 2017 to 2024 (`/title/tt…/reference`), which shows everything about a title in tables.

Later reference pages have the layout `next_data`. Earlier ones ("combined") have the layout `title_2010`.
"""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cinestream_etl.stages.layouts import head, storyline
from cinestream_etl.stages.layouts.localised import date, decimal, minutes, whole_number
from cinestream_etl.stages.layouts.tree import own_text, people_of, text_of, texts_of, title_elements
from cinestream_etl.stages.title import ParsedTitle, Person

_LAYOUT_MARKER = b"titlereference-header"
_TOP = ".titlereference-header"
_DETAILS = ".titlereference-section-additional-details"
_STORY = ".titlereference-section-storyline"
_RATING = ".ipl-rating-star:not(.ipl-rating-interactive__star) .ipl-rating-star__rating"
"""The rating, without the viewer's own star. That one says 0 or "Rate" and stands alone where nobody has voted."""
_DURATION = re.compile(r"\d{1,3}\s?(?:h|min)\b.*")


def read(html: bytes) -> ParsedTitle | None:
    """Return the title of the page, or None if the page has another layout."""
    found = title_elements(html, mark=_LAYOUT_MARKER, heading=f'{_TOP} h3[itemprop="name"]')
    if found is None:
        return None
    page, heading, id = found
    texts = [" ".join(item.text().split()) for item in page.css(f"{_TOP} ul li") if not item.css("a")]
    genres, top = (tuple(texts_of(page, f'{part} a[href*="/genre/"]')) for part in (_STORY, _TOP))
    return ParsedTitle(
        id=id,
        kind=storyline.kind(page, next((text for text in texts if head.kind(text)), ""), genres or top),
        title=own_text(heading),
        original_title=_original(heading),
        year=storyline.year(page, text_of(page, ".titlereference-title-year")),
        rating=decimal(text_of(page, _RATING)),
        votes=whole_number(text_of(page, ".ipl-rating-star__total-votes")),
        release_date=date(text_of(page, f'{_TOP} a[href*="releaseinfo"]')),
        directors=_credits(page, "Director"),
        writers=_credits(page, "Writer"),
        stars=_credits(page, "Star"),
        genres=genres or top,
        keywords=tuple(texts_of(page, f'{_STORY} a[href*="/keyword/"]')),
        plot=_plot(page),
        tagline=_row(page, _STORY, "Taglines"),
        runtime_minutes=minutes(next((text for text in texts if _DURATION.fullmatch(text)), None))
        or minutes(_row(page, _DETAILS, "Runtime")),
        certificate=next((text for text in texts if not _DURATION.fullmatch(text) and not head.kind(text)), None),
        countries=tuple(code.upper() for code in storyline.codes(page.css(f"{_DETAILS} a[href]"), storyline.COUNTRY)),
        languages=tuple(code.lower() for code in storyline.codes(page.css(f"{_DETAILS} a[href]"), storyline.LANGUAGE)),
        poster=storyline.poster(page, "img.titlereference-primary-image"),
        locale=storyline.locale(page),
    )


def _original(heading: LexborNode) -> str | None:
    """Return the text between the heading and the element with the words "(original title)", or None."""
    parts: list[str] = []
    node = heading.next
    while node is not None:
        if "titlereference-original-title-label" in (node.attributes.get("class") or ""):
            return " ".join("".join(parts).split()) or None
        parts.append(node.text())
        node = node.next
    return None


def _credits(page: LexborHTMLParser, label: str) -> tuple[Person, ...]:
    for block in page.css(".titlereference-overview-section"):
        if own_text(block).startswith(label):
            return tuple(person for item in block.css("li") for person in people_of(item))
    return ()


def _plot(page: LexborHTMLParser) -> str | None:
    node = page.css_first(".titlereference-section-overview > div")
    if node is None or "titlereference-overview-section" in (node.attributes.get("class") or ""):
        return None
    return own_text(node, without='a[href*="plotsummary"], a[href*="contribut"]').rstrip("» ") or None


def _row(page: LexborHTMLParser, section: str, label: str) -> str | None:
    for row in page.css(f"{section} tr"):
        if text_of(row, "td") == label and (cell := row.css_first("td + td")):
            return text_of(cell, "li") or own_text(cell, without="a") or None
    return None
