"""The visible elements of modern pages (2021 to today), found by `data-testid` because class names change constantly.

Some elements are filled only when the viewer scrolls there. So a page from a browser can show facts that its data
lacks. Votes are shown rounded ("1.9M"), so only numbers below a thousand are known.
"""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cinestream_etl.stages.layouts import storyline
from cinestream_etl.stages.layouts.localised import date, decimal, minutes
from cinestream_etl.stages.layouts.tree import attribute_of, text_of, texts_of, title_elements
from cinestream_etl.stages.title import ParsedTitle, Person, Related

MARKS = {
    **dict.fromkeys(("id", "kind", "title"), b'data-testid="hero'),
    "rating": b'data-testid="hero-rating-bar__aggregate-rating__score"',
    "release_date": b'data-testid="title-details-releasedate"',
    "directors": b'data-testid="title-pc-principal-credit"',
    "genres": b'data-testid="storyline-genres"',
    "keywords": b'data-testid="storyline-plot-keywords"',
    "tagline": b'data-testid="storyline-taglines"',
    "certificate": b'data-testid="storyline-certificate"',
    "countries": b'data-testid="title-details-origin"',
    "languages": b'data-testid="title-details-languages"',
    "runtime_minutes": b'data-testid="title-techspec_runtime"',
}
"""For some fields the bytes that a page must contain for its elements to have the field.

A field without a mark is no reason to parse the elements.
"""

_CREDITS = {"director": ("tt_ov_dr", "Director"), "writer": ("tt_ov_wr", "Writer"), "star": ("tt_ov_st", "Star")}
_ORIGINAL = "hero-title-block__original-title"
_ID = re.compile(r"/title/(tt\d{7,10})")
_NAME = re.compile(r"/name/(nm\d{7,10})")
_COUNTRY = re.compile(r"[?&]country_of_origin=([A-Za-z]{2,5})")
_LANGUAGE = re.compile(r"[?&]primary_language=([A-Za-z]{2,3})")


def read(html: bytes) -> ParsedTitle | None:
    """Return the title of the page, or None if the page has another layout."""
    found = title_elements(html, mark=MARKS["title"], heading="h1[data-testid]")
    if found is None:
        return None
    page, heading, id = found
    line = page.css_first(f'{_mark("hero-title-block__metadata")}, h1[data-testid="hero__pageTitle"] ~ ul')
    texts = [" ".join(item.text().split()) for item in line.css("li")] if line else []
    return ParsedTitle(
        id=id,
        kind=storyline.kind(page, texts[0] if texts else "", ()),
        title=" ".join(heading.text().split()),
        original_title=_original(heading),
        year=storyline.year(page, text_of(line, 'a[href*="releaseinfo"]') if line else None),
        rating=decimal(text_of(page, _mark("hero-rating-bar__aggregate-rating__score"))),
        votes=_votes(page.css_first(_mark("hero-rating-bar__aggregate-rating__score"))),
        release_date=date(text_of(page, f"{_mark('title-details-releasedate')} ul a")),
        directors=_credits(page, "director"),
        writers=_credits(page, "writer"),
        stars=_credits(page, "star"),
        genres=_genres(page),
        interests=tuple(texts_of(page, f'{_mark("interests")} a[href*="/interest/"]')),
        keywords=tuple(texts_of(page, f'{_mark("storyline-plot-keywords")} a[href*="keywords="]')),
        plot=next((text for size in ("xl", "l", "xs_to_m") if (text := text_of(page, _mark(f"plot-{size}")))), None),
        tagline=text_of(page, f"{_mark('storyline-taglines')} ul li"),
        runtime_minutes=minutes(text_of(page, f"{_mark('title-techspec_runtime')} div")) or _shown_minutes(texts),
        certificate=text_of(line, 'a[href*="parentalguide"]') if line else None,
        countries=tuple(_codes(page, "title-details-origin", _COUNTRY)),
        languages=tuple(_codes(page, "title-details-languages", _LANGUAGE)),
        poster=storyline.poster(page, f"{_mark('hero-media__poster')} img"),
        locale=storyline.locale(page),
        recommendations=tuple(_related(page)),
    )


def _mark(name: str) -> str:
    return f'[data-testid="{name}"]'


def _genres(page: LexborHTMLParser) -> tuple[str, ...]:
    """Return the full list, or else the up to three genres at the top."""
    return tuple(texts_of(page, f"{_mark('storyline-genres')} ul a")) or tuple(texts_of(page, f"{_mark('genres')} a"))


def _original(heading: LexborNode) -> str | None:
    """Return the text behind the colon of "Original title: …", in any language, or None."""
    node = heading.next
    while node is not None:
        if shown := [node] if node.tag == "div" and not node.css("ul") else node.css(_mark(_ORIGINAL)):
            return shown[0].text().partition(":")[2].strip() or None
        node = node.next
    return None


def _votes(score: LexborNode | None) -> int | None:
    while score is not None:
        score = score.next
        text = score.text().strip() if score is not None else ""
        if text.isdecimal() and len(text) <= 3:
            return int(text) or None
    return None


def _credits(page: LexborHTMLParser, role: str) -> tuple[Person, ...]:
    reference, label = _CREDITS[role]
    for group in page.css(_mark("title-pc-principal-credit")):
        links = attribute_of(group, 'a[href*="/name/"]', "href") or ""
        if f"ref_={reference}" in links or (text_of(group, ".ipc-metadata-list-item__label") or "").startswith(label):
            return tuple(_people(group))
    return ()


def _people(group: LexborNode) -> Iterator[Person]:
    # The group itself is an item of another list, and a page has it twice: once for narrow windows.
    inner = group.css_first("ul")
    for item in inner.css("li") if inner else ():
        link = item.css_first('a[href*="/name/"]')
        found = _NAME.search(link.attributes.get("href") or "") if link else None
        if link and found:
            notes = (text.strip("() ") for text in texts_of(item, "span") if text.startswith("("))
            yield Person(" ".join(link.text().split()), found[1], tuple(note for note in notes if note[:3] != "as "))


def _shown_minutes(texts: list[str]) -> int | None:
    return next((found for text in texts if text[:1].isdecimal() and (found := minutes(text))), None)


def _codes(page: LexborHTMLParser, name: str, pattern: re.Pattern[str]) -> Iterator[str]:
    for link in page.css(f"{_mark(name)} a[href]"):
        if found := pattern.search(link.attributes.get("href") or ""):
            yield found[1]


def _related(page: LexborHTMLParser) -> Iterator[Related]:
    for card in page.css(f"{_mark('MoreLikeThis')} .ipc-poster-card"):
        found = _ID.search(attribute_of(card, 'a[href*="/title/"]', "href") or "")
        if found and (title := text_of(card, ".ipc-poster-card__title")):
            yield Related(found[1], title, decimal(text_of(card, ".ipc-rating-star--imdb")))
