"""The identity of a page before 2021, which states it in its canonical link and `og:type`. Pure."""

import re

from cinestream.contracts import Kind
from cinestream_scraper.pages.document import Document
from cinestream_scraper.pages.identity import FILM_TYPES, NOTHING, Identity, Shape, ids_in_head
from cinestream_scraper.pages.targets import Target, target_of

_TITLE = "#tn15title, #overview-top, .title_wrapper"
"""The heading of a title in pages of 2010, of 2011 to 2015, and of 2015 to 2021."""
_SERIES = re.compile(r'\s*(?:&quot;|")|.*\((?:TV|Video Game|VG|TV Mini|TV Episode)')
"""The heading of a title that is no film, in pages without a type."""


def identify_legacy(document: Document) -> Identity:
    """Return the identity of a page without `script#__NEXT_DATA__`."""
    canonical = document.attribute('link[rel="canonical"]', "href")
    target = target_of(canonical)
    if target is None:
        return Identity(Shape.OTHER, layout="legacy") if canonical else NOTHING
    # Every layout of that time has a footer. Without it the page is cut off in its middle.
    ends = document.ends and document.tree.css_first('#footer, footer, [id$="footer"]') is not None
    match target.kind:
        case Kind.SEARCH:
            rows = document.tree.css_first(".lister-item-header")
            return Identity(Shape.SEARCH, whole=ends and rows is not None, layout="legacy-search-title")
        case Kind.LIST:
            return Identity(Shape.OTHER, layout="legacy-list")
        case Kind.CHART:
            rows = document.tree.css_first(".lister-list .titleColumn, .chart .titleColumn")
            return Identity(Shape.CHART, target.id, whole=ends and rows is not None, layout="legacy-chart")
        case Kind.TITLE:
            return _title(document, target, ends=ends)


def _title(document: Document, target: Target, *, ends: bool) -> Identity:
    if ids_in_head(document) != {target.id}:
        return Identity(Shape.OTHER, layout="legacy-title-contradictory")
    # A modern page that lost its data has the same links, but not this heading.
    has_heading = document.tree.css_first(_TITLE) is not None
    return Identity(Shape.TITLE, target.id, _is_film(document), ends and has_heading, "legacy-title")


def _is_film(document: Document) -> bool:
    kind = document.attribute('meta[property="og:type"]', "content") or str(document.linked_data.get("@type", ""))
    if kind:
        return kind in FILM_TYPES
    heading = document.tree.css_first("h1")
    return heading is not None and not _SERIES.match(heading.text())
