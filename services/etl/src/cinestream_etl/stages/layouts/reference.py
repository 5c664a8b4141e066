"""The reference view of 2017 to 2024 (`/title/tt…/reference`): everything of a title in one page, told in tables.

Later reference pages are made of `next_data`, earlier ones ("combined") are in the layout `title_2010`.
"""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cinestream_etl.stages.layouts import head, storyline
from cinestream_etl.stages.layouts.localised import date, decimal, minutes, whole_number
from cinestream_etl.stages.layouts.tree import own_text, people_of, text_of, texts_of, title_id, tree
from cinestream_etl.stages.title import ParsedTitle, Person

_MARK = b"titlereference-header"
_TOP = ".titlereference-header"
_DETAILS = ".titlereference-section-additional-details"
_STORY = ".titlereference-section-storyline"
_RATING = ".ipl-rating-star:not(.ipl-rating-interactive__star) .ipl-rating-star__rating"
"""The viewer's own star, which says 0 or "Rate", stands beside that of all, or alone where nobody has voted."""
_DURATION = re.compile(r"\d{1,3}\s?(?:h|min)\b.*")


def read(html: bytes) -> ParsedTitle | None:
    """The title that the page is about, or None if the page has another layout."""
    page = tree(html) if _MARK in html else None
    heading = page.css_first(f'{_TOP} h3[itemprop="name"]') if page else None
    id = title_id(page) if page else None
    if page is None or heading is None or id is None:
        return None
    facts = [item for item in page.css(f"{_TOP} ul li") if not item.css("a")]
    said = [" ".join(item.text().split()) for item in facts]
    genres, top = (tuple(texts_of(page, f'{part} a[href*="/genre/"]')) for part in (_STORY, _TOP))
    return ParsedTitle(
        id=id,
        kind=storyline.kind(page, next((text for text in said if head.kind(text)), ""), genres or top),
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
        runtime_minutes=minutes(next((text for text in said if _DURATION.fullmatch(text)), None))
        or minutes(_row(page, _DETAILS, "Runtime")),
        certificate=next((text for text in said if not _DURATION.fullmatch(text) and not head.kind(text)), None),
        countries=tuple(code.upper() for code in storyline.codes(page.css(f"{_DETAILS} a[href]"), storyline.COUNTRY)),
        languages=tuple(code.lower() for code in storyline.codes(page.css(f"{_DETAILS} a[href]"), storyline.LANGUAGE)),
        poster=storyline.poster(page, "img.titlereference-primary-image"),
        locale=storyline.locale(page),
    )


def _original(heading: LexborNode) -> str | None:
    """The text between the heading and the words "(original title)" that are an element of their own."""
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
