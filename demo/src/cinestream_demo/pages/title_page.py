"""The title page and the sections of it that load when somebody scrolls to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cinestream_demo.films.codes import country_name, language_name
from cinestream_demo.films.film import Film, ReleaseDate
from cinestream_demo.films.interests import interests
from cinestream_demo.pages.faults import Fault
from cinestream_demo.pages.markup import render
from cinestream_demo.pages.next_data import title_document
from cinestream_demo.pages.nodes import Visit
from cinestream_demo.pages.structured import title_linked_data

SECTIONS = ("cast", "more-like-this", "storyline", "details")


def title_page(film: Film, similar: Sequence[Film], visit: Visit, *, bare: bool = False) -> str:
    """The page as it arrives; `bare` leaves out its data (`__NEXT_DATA__` and `ld+json`)."""
    return render(
        "title.html",
        visit=visit,
        words=visit.locale.words,
        film=film,
        title=visit.locale.title(film),
        labels=[visit.locale.genre(label) for label in interests(film)],
        sections=SECTIONS,
        data=None if bare else title_document(film, similar, visit),
        linked_data=None if bare else title_linked_data(film, visit),
    )


def title_section(section: str, film: Film, similar: Sequence[Film], visit: Visit) -> str:
    """One of SECTIONS."""
    return render(
        "sections.html",
        section=section,
        visit=visit,
        words=visit.locale.words,
        film=film,
        similar=similar,
        genres=[visit.locale.genre(genre) for genre in film.genres],
        countries=[country_name(code) for code in film.countries],
        languages=[language_name(code) for code in film.languages],
        release=f"{visit.locale.day(film.released)} ({visit.locale.country_name})" if film.released else "",
    )


def as_another_kind(film: Film, fault: Fault | None) -> Film:
    """The film as the faults `unreleased` and `series` show it; unchanged for any other."""
    match fault and fault.name:
        case "unreleased":
            return replace(film, rating=None, votes=0, metascore=None, released=ReleaseDate(film.year or 2031))
        case "series":
            return replace(film, kind="tvSeries", end_year=(film.year or 2031) + 3, directors=(), episode=None)
    return film


def cut_in_half(page: str) -> str:
    """The page as it is when the connection was lost in the middle of its data."""
    start = page.index('id="__NEXT_DATA__"')
    return page[: (start + len(page)) // 2]
