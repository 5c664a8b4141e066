"""Title pages of late 2015 to 2021. The facts are in `.title_wrapper` and below, until 2018 mostly with microdata."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cinestream_etl.stages.layouts import storyline
from cinestream_etl.stages.layouts.localised import date, decimal, whole_number
from cinestream_etl.stages.layouts.tree import attribute_of, own_text, people_of, text_of, title_elements
from cinestream_etl.stages.title import ParsedTitle, Person

_LAYOUT_MARKER = b"title_wrapper"
_CREDITS = {"director": ("tt_ov_dr", "Director"), "creator": ("tt_ov_wr", "Writer"), "actors": ("tt_ov_st", "Star")}


def read(html: bytes) -> ParsedTitle | None:
    """Return the title of the page, or None if the page has another layout."""
    found = title_elements(html, mark=_LAYOUT_MARKER, heading=".title_wrapper h1")
    if found is None:
        return None
    page, heading, id = found
    line = page.css_first(".title_wrapper .subtext")
    released = text_of(page, '.title_wrapper .subtext a[href*="releaseinfo"]')
    genres = storyline.genres(page, ".title_wrapper .subtext")
    original = page.css_first(".title_wrapper .originalTitle")
    return ParsedTitle(
        id=id,
        kind=storyline.kind(page, released or "", genres),
        title=own_text(heading),
        original_title=own_text(original) if original else None,
        year=storyline.year(page, text_of(page, "#titleYear")),
        rating=decimal(text_of(page, ".imdbRating .ratingValue strong")),
        votes=whole_number(text_of(page, '.imdbRating [itemprop="ratingCount"], .imdbRating > a .small')),
        release_date=date(released) or attribute_of(page, '.subtext meta[itemprop="datePublished"]', "content"),
        directors=_credits(page, "director"),
        writers=_credits(page, "creator"),
        stars=_credits(page, "actors"),
        genres=genres,
        keywords=storyline.keywords(page),
        # Since 2020 the same element can also hold a choice of languages.
        plot=_plot(page.css_first(".summary_text .plot-text") or page.css_first(".summary_text")),
        tagline=storyline.tagline(page),
        runtime_minutes=storyline.minutes(line) if line else None,
        certificate=_certificate(line),
        countries=storyline.countries(page),
        languages=storyline.languages(page),
        poster=storyline.poster(page, ".poster img"),
        locale=storyline.locale(page),
        recommendations=tuple(storyline.related(page)),
    )


def _credits(page: LexborHTMLParser, role: str) -> tuple[Person, ...]:
    reference, label = _CREDITS[role]
    for item in page.css(".credit_summary_item"):
        links = attribute_of(item, 'a[href*="/name/"]', "href") or ""
        head = text_of(item, "h4") or ""
        if f"ref_={reference}" in links or head.startswith(label) or attribute_of(item, f'[itemprop="{role}"]', "href"):
            people = tuple(people_of(item))
            # With microdata each person is in an element of its own.
            wrapped = (person for inner in item.css("span[itemtype]") for person in people_of(inner))
            return people or tuple(wrapped)
    return ()


def _plot(node: LexborNode | None) -> str | None:
    # The plot can end in a link: "See full summary »" or "Add a Plot »".
    text = own_text(node, without='a[href*="plotsummary"], a[href*="contribut"]') if node else ""
    return text.rstrip("» ") or None


def _certificate(line: LexborNode | None) -> str | None:
    """Return the text at the beginning of the line, or None if the line begins with an element."""
    for child in line.iter(include_text=True) if line else ():
        if child.is_text_node:
            if text := " ".join(child.text().split()):
                return text
        elif child.tag != "meta":
            return None
    return None
