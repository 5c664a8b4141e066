"""The identity of a page: the kind of page, the id it is about, and whether all of it is there. Pure."""

from enum import StrEnum
from typing import NamedTuple

from cinestream.contracts.text import unescaped
from cinestream_scraper.pages.document import Document
from cinestream_scraper.pages.targets import target_of

FILM_TYPES = frozenset({"movie", "video.movie", "Movie"})
"""Values of `og:type` and of JSON-LD's `@type` that mean a film."""


class Shape(StrEnum):
    """The kind of a page, as the page itself states it."""

    TITLE = "title"
    CHART = "chart"
    SEARCH = "search"
    LIST = "list"
    NOT_FOUND = "not-found"
    OTHER = "other"
    NOTHING = "nothing"


class Identity(NamedTuple):
    """The statements of a page about itself.

    Attributes:
        shape: the kind of page.
        id: the id of its title, chart or list. Of a search by name: the text that was searched for.
        film: True for a title that is a film.
        whole: True if all data that the kind needs is there.
        layout: a name for the page's markup, as `next-title`. It is published with the page.
    """

    shape: Shape
    id: str = ""
    film: bool = False
    whole: bool = False
    layout: str = ""


NOTHING = Identity(Shape.NOTHING)


def ids_in_head(document: Document) -> set[str]:
    """Return the ids of all titles that the head of a page names.

    A page about one title names one id. The address of a sub-page counts as an id of its own.
    """
    addresses = (
        document.attribute('link[rel="canonical"]', "href"),
        document.attribute('meta[property="og:url"]', "content"),
        unescaped(str(document.linked_data.get("url", "")), 4_000),
    )
    found = {url if (target := target_of(url)) is None else target.id for url in addresses if url}
    constants = (document.attribute(f'meta[property="{name}"]', "content") for name in ("pageId", "imdb:pageConst"))
    return found | {id for id in constants if id}
