"""The title page, and its sections that load when the visitor scrolls to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cinestream_demo.films.codes import country_name, language_name
from cinestream_demo.films.film import DemoFilm, ReleaseDate
from cinestream_demo.films.interests import interests
from cinestream_demo.pages.faults import Fault
from cinestream_demo.pages.linked_data import title_linked_data
from cinestream_demo.pages.markup import render
from cinestream_demo.pages.page_context import PageContext
from cinestream_demo.pages.title_document import title_document

SECTIONS = ("cast", "more-like-this", "storyline", "details")


def title_page(film: DemoFilm, similar: Sequence[DemoFilm], context: PageContext, *, bare: bool = False) -> str:
    """Render the page as the server sends it. `bare` leaves out its data (`__NEXT_DATA__` and `ld+json`)."""
    return render(
        "title.html",
        context=context,
        words=context.locale.words,
        film=film,
        title=context.locale.title(film),
        labels=[context.locale.genre(label) for label in interests(film)],
        sections=SECTIONS,
        data=None if bare else title_document(film, similar, context),
        linked_data=None if bare else title_linked_data(film, context),
    )


def title_section(section: str, film: DemoFilm, similar: Sequence[DemoFilm], context: PageContext) -> str:
    """Render one of `SECTIONS`."""
    return render(
        "sections.html",
        section=section,
        context=context,
        words=context.locale.words,
        film=film,
        similar=similar,
        genres=[context.locale.genre(genre) for genre in film.genres],
        countries=[country_name(code) for code in film.countries],
        languages=[language_name(code) for code in film.languages],
        release=f"{context.locale.day(film.released)} ({context.locale.country_name})" if film.released else "",
    )


def as_another_kind(film: DemoFilm, fault: Fault | None) -> DemoFilm:
    """Return the film as the faults `unreleased` and `series` show it. Other faults do not change it."""
    match fault and fault.name:
        case "unreleased":
            return replace(film, rating=None, votes=0, metascore=None, released=ReleaseDate(film.year or 2031))
        case "series":
            return replace(film, kind="tvSeries", end_year=(film.year or 2031) + 3, directors=(), episode=None)
    return film


def cut_in_half(page: str) -> str:
    """Return the page as it looks when the connection was lost in the middle of its data."""
    start = page.index('id="__NEXT_DATA__"')
    return page[: (start + len(page)) // 2]
