"""The renderer of all pages.

Rendering takes some milliseconds, so title and chart pages are cached.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from typing import ParamSpec, TypeAlias

from cinestream_demo.films.catalogue import FilmCatalogue
from cinestream_demo.films.film import DemoFilm
from cinestream_demo.pages.chart_page import chart_page
from cinestream_demo.pages.faults import Fault
from cinestream_demo.pages.list_page import LIST_ID, MAX_FILMS, list_page
from cinestream_demo.pages.other_pages import consent_wall, home_page, name_page
from cinestream_demo.pages.page_context import PageContext
from cinestream_demo.pages.search_page import search_page
from cinestream_demo.pages.title_page import as_another_kind, cut_in_half, title_page

CACHED_TITLES = 512
"""Title pages in the cache, about 40 MB together."""
CACHED_CHARTS = 16
HOME_FILMS = 24

_P = ParamSpec("_P")
_TitleRenderer: TypeAlias = Callable[[DemoFilm, PageContext, Fault | None], bytes]
_ChartRenderer: TypeAlias = Callable[[str, tuple[DemoFilm, ...], PageContext], bytes]


class PageRenderer:
    """Renders the pages of a catalogue as bytes."""

    def __init__(self, catalogue: FilmCatalogue) -> None:
        self._catalogue = catalogue
        self.title: Callable[[DemoFilm, PageContext, Fault | None], bytes] = lru_cache(CACHED_TITLES)(
            _bytes(self._title)
        )
        self.chart: Callable[[str, tuple[DemoFilm, ...], PageContext], bytes] = lru_cache(CACHED_CHARTS)(
            _bytes(chart_page)
        )

    def name(self, person_id: str, context: PageContext) -> bytes | None:
        """Render the page of a person, or return None for an unknown id."""
        person = self._catalogue.people.get(person_id)
        return name_page(person, self._catalogue.films_of(person_id), context).encode() if person else None

    def search(self, text: str, context: PageContext) -> bytes:
        """Render the results of a search."""
        folded = text.casefold()
        people = [person for person in self._catalogue.people.values() if folded and folded in person.name.casefold()]
        return search_page(text, self._catalogue.search(text), people, context).encode()

    def list_page(self, list_id: str, page: str, context: PageContext) -> bytes | None:
        """Render one page of a list, or return None. `page` is its number as in the query string."""
        number = int(page) if page.isdecimal() and len(page) < 4 else 0
        films = list(islice(self._catalogue, MAX_FILMS)) if list_id == LIST_ID else []
        html = list_page(films, number, context)
        return html.encode() if html else None

    def home(self, context: PageContext) -> bytes:
        """Render the home page."""
        return home_page(self._catalogue.popular[:HOME_FILMS], context).encode()

    def consent_wall(self, context: PageContext) -> bytes:
        """Render the consent wall."""
        return consent_wall(context).encode()

    def _title(self, film: DemoFilm, context: PageContext, fault: Fault | None) -> str:
        incomplete = fault is not None and fault.name == "incomplete"
        bare = incomplete and fault is not None and fault.argument == "bare"
        shown = as_another_kind(film, fault)
        page = title_page(shown, self._catalogue.more_like(film), context, bare=bare)
        return cut_in_half(page) if incomplete and not bare else page


def _bytes(make: Callable[_P, str]) -> Callable[_P, bytes]:
    def page(*args: _P.args, **kwargs: _P.kwargs) -> bytes:
        return make(*args, **kwargs).encode()

    return page
