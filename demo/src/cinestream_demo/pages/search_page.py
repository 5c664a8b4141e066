"""The search results: 25 films in the page, and 25 more with each click."""

from __future__ import annotations

from collections.abc import Sequence

from cinestream_demo.films.film import CreditedPerson, DemoFilm
from cinestream_demo.pages.markup import render
from cinestream_demo.pages.next_document import common_props, next_document, request_context
from cinestream_demo.pages.nodes import Node, poster
from cinestream_demo.pages.page_context import PageContext

RESULTS = 25
PEOPLE = 5


def search_page(text: str, films: Sequence[DemoFilm], people: Sequence[CreditedPerson], context: PageContext) -> str:
    """Render the results of a search for `text`. `films` are all films that were found, best first."""
    words = context.locale.words
    return render(
        "find.html",
        context=context,
        words=words,
        text=text,
        heading=words["search_results"].format(text=text),
        nothing=words["no_results"].format(text=text),
        films=films[:RESULTS],
        people=people[:PEOPLE],
        step=min(RESULTS, len(films) - RESULTS),
        next_start=RESULTS if len(films) > RESULTS else None,
        data=search_document(text, films, people, context),
        linked_data=None,
    )


def more_rows(films: Sequence[DemoFilm], start: int, context: PageContext) -> str:
    """Render the next rows of a search, from index `start`."""
    return render("find_rows.html", films=films[start : start + RESULTS], context=context)


def search_document(
    text: str, films: Sequence[DemoFilm], people: Sequence[CreditedPerson], context: PageContext
) -> Node:
    """Build the `__NEXT_DATA__` of a search, in the form of 2026."""
    rows = [{"index": film.id, "listItem": _row(film, context)} for film in films[:RESULTS]]
    names = [{"index": one.id, "listItem": {"nameId": one.id, "nameText": one.name}} for one in people[:PEOPLE]]
    cursor = str(RESULTS) if len(films) > RESULTS else None
    props = {
        "findPageMeta": {"searchTerm": text, "includeAdult": False, "isExactMatch": False},
        "nameResults": {"results": names, "nextCursor": None, "hasExactMatches": bool(names)},
        "titleResults": {"results": rows, "nextCursor": cursor, "hasExactMatches": bool(rows)},
        "companyResults": {"results": []},
        "keywordResults": {"results": []},
        "resultsSectionOrder": ["TITLE", "NAME"],
        "requestContext": request_context("find", context),
        **common_props(context),
    }
    return next_document("/find", {"q": text}, props, context)


def _row(film: DemoFilm, context: PageContext) -> Node:
    released = film.released
    return {
        "titleId": film.id,
        "titleText": context.locale.title(film),
        "originalTitleText": film.original_title,
        "titleType": {"id": film.kind, "text": "", "canHaveEpisodes": film.is_series},
        "releaseYear": film.year,
        "endYear": film.end_year,
        "releaseDate": {"day": released.day, "month": released.month, "year": released.year} if released else None,
        "ratingSummary": {"aggregateRating": film.rating, "voteCount": film.votes},
        "canRate": film.is_released,
        "certificate": film.certificate,
        "runtime": film.runtime_minutes * 60 if film.runtime_minutes else None,
        "genres": [context.locale.genre(genre) for genre in film.genres[:3]],
        "plot": film.plot,
        "metascore": film.metascore,
        "primaryImage": poster(film, context),
    }
