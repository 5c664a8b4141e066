"""The search: 25 films in the page, and on click 25 more at a time."""

from __future__ import annotations

from collections.abc import Sequence

from cinestream_demo.films.film import Film, Person
from cinestream_demo.pages.document import next_document, request_context, surroundings
from cinestream_demo.pages.markup import render
from cinestream_demo.pages.nodes import Node, Visit, poster

RESULTS = 25
PEOPLE = 5


def search_page(text: str, films: Sequence[Film], people: Sequence[Person], visit: Visit) -> str:
    """The page for a search of `text`; `films` are all that were found, best first."""
    words = visit.locale.words
    return render(
        "find.html",
        visit=visit,
        words=words,
        text=text,
        heading=words["search_results"].format(text=text),
        nothing=words["no_results"].format(text=text),
        films=films[:RESULTS],
        people=people[:PEOPLE],
        step=min(RESULTS, len(films) - RESULTS),
        next_start=RESULTS if len(films) > RESULTS else None,
        data=search_document(text, films, people, visit),
        linked_data=None,
    )


def more_rows(films: Sequence[Film], start: int, visit: Visit) -> str:
    """The next rows of a search, from place `start`."""
    return render("find_rows.html", films=films[start : start + RESULTS], visit=visit)


def search_document(text: str, films: Sequence[Film], people: Sequence[Person], visit: Visit) -> Node:
    """The `__NEXT_DATA__` of a search, in the form of 2026."""
    rows = [{"index": film.id, "listItem": _row(film, visit)} for film in films[:RESULTS]]
    names = [{"index": one.id, "listItem": {"nameId": one.id, "nameText": one.name}} for one in people[:PEOPLE]]
    cursor = str(RESULTS) if len(films) > RESULTS else None
    props = {
        "findPageMeta": {"searchTerm": text, "includeAdult": False, "isExactMatch": False},
        "nameResults": {"results": names, "nextCursor": None, "hasExactMatches": bool(names)},
        "titleResults": {"results": rows, "nextCursor": cursor, "hasExactMatches": bool(rows)},
        "companyResults": {"results": []},
        "keywordResults": {"results": []},
        "resultsSectionOrder": ["TITLE", "NAME"],
        "requestContext": request_context("find", visit),
        **surroundings(visit),
    }
    return next_document("/find", {"q": text}, props, visit)


def _row(film: Film, visit: Visit) -> Node:
    released = film.released
    return {
        "titleId": film.id,
        "titleText": visit.locale.title(film),
        "originalTitleText": film.original_title,
        "titleType": {"id": film.kind, "text": "", "canHaveEpisodes": film.is_series},
        "releaseYear": film.year,
        "endYear": film.end_year,
        "releaseDate": {"day": released.day, "month": released.month, "year": released.year} if released else None,
        "ratingSummary": {"aggregateRating": film.rating, "voteCount": film.votes},
        "canRate": film.is_released,
        "certificate": film.certificate,
        "runtime": film.runtime_minutes * 60 if film.runtime_minutes else None,
        "genres": [visit.locale.genre(genre) for genre in film.genres[:3]],
        "plot": film.plot,
        "metascore": film.metascore,
        "primaryImage": poster(film, visit),
    }
