"""Every page as bytes; the last ones made are kept, as making one takes some milliseconds."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from typing import ParamSpec

from cinestream_demo.films.catalogue import Catalogue
from cinestream_demo.films.film import Film
from cinestream_demo.pages.chart_page import chart_page
from cinestream_demo.pages.faults import Fault
from cinestream_demo.pages.list_page import LIST_ID, LISTED, list_page
from cinestream_demo.pages.nodes import Visit
from cinestream_demo.pages.other_pages import consent_wall, home_page, name_page
from cinestream_demo.pages.search_page import search_page
from cinestream_demo.pages.title_page import as_another_kind, cut_in_half, title_page

KEPT_TITLES = 512
"""About 40 MB."""
KEPT_CHARTS = 16
HOME_FILMS = 24

_P = ParamSpec("_P")


class Pages:
    """The pages of a catalogue. Each is given what it shows and how it was asked for."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.title: Callable[[Film, Visit, Fault | None], bytes] = lru_cache(KEPT_TITLES)(_bytes(self._title))
        self.chart: Callable[[str, tuple[Film, ...], Visit], bytes] = lru_cache(KEPT_CHARTS)(_bytes(chart_page))

    def name(self, person_id: str, visit: Visit) -> bytes | None:
        """A person's page; None when nobody has the id."""
        person = self._catalogue.people.get(person_id)
        return name_page(person, self._catalogue.films_of(person_id), visit).encode() if person else None

    def search(self, text: str, visit: Visit) -> bytes:
        """What a search finds."""
        folded = text.casefold()
        people = [person for person in self._catalogue.people.values() if folded and folded in person.name.casefold()]
        return search_page(text, self._catalogue.search(text), people, visit).encode()

    def listed(self, list_id: str, page: str, visit: Visit) -> bytes | None:
        """A page of the list, by its number as text; None when there is none."""
        number = int(page) if page.isdecimal() and len(page) < 4 else 0
        films = list(islice(self._catalogue, LISTED)) if list_id == LIST_ID else []
        html = list_page(films, number, visit)
        return html.encode() if html else None

    def home(self, visit: Visit) -> bytes:
        """The home page."""
        return home_page(self._catalogue.popular[:HOME_FILMS], visit).encode()

    def wall(self, visit: Visit) -> bytes:
        """The consent wall."""
        return consent_wall(visit).encode()

    def _title(self, film: Film, visit: Visit, fault: Fault | None) -> str:
        incomplete = fault is not None and fault.name == "incomplete"
        bare = incomplete and fault is not None and fault.argument == "bare"
        shown = as_another_kind(film, fault)
        page = title_page(shown, self._catalogue.more_like(film), visit, bare=bare)
        return cut_in_half(page) if incomplete and not bare else page


def _bytes(make: Callable[_P, str]) -> Callable[_P, bytes]:
    def page(*args: _P.args, **kwargs: _P.kwargs) -> bytes:
        return make(*args, **kwargs).encode()

    return page
