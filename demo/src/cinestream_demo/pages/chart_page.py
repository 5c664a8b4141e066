"""The charts: the page's data holds every row, the page itself the first 25; a click shows 25 more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cinestream_demo.films.film import Film
from cinestream_demo.pages.document import next_document, request_context, surroundings
from cinestream_demo.pages.markup import render
from cinestream_demo.pages.nodes import (
    Node,
    Visit,
    credit_group,
    plot,
    production_status,
    release_date,
    title_node,
    typed,
)
from cinestream_demo.pages.structured import chart_linked_data

ROWS = 25
_WORDS = {"top": "top_chart", "moviemeter": "popular_chart"}


def chart_page(chart: str, films: Sequence[Film], visit: Visit) -> str:
    """The page of `top` or `moviemeter`; `films` in the order of the chart."""
    return render(
        "chart.html",
        visit=visit,
        words=visit.locale.words,
        chart=chart,
        title=visit.locale.words[_WORDS[chart]],
        films=films[:ROWS],
        total=len(films),
        data=chart_document(chart, films, visit),
        linked_data=chart_linked_data(films[:ROWS], visit),
    )


def chart_document(chart: str, films: Sequence[Film], visit: Visit) -> Node:
    """The `__NEXT_DATA__` of a chart."""
    edges = [typed("ChartTitleEdge", currentRank=rank, node=_row(film, visit)) for rank, film in enumerate(films, 1)]
    facets = [
        typed("SearchFacet", filterId=genre, text=visit.locale.genre(genre), total=total)
        for genre, total in Counter(genre for film in films for genre in film.genres).most_common()
    ]
    titles = typed("ChartTitleSearchConnection", edges=edges, genres=facets, keywords=[], watchOptions=[])
    props = {
        "pageData": {"chartTitles": titles},
        "requestContext": request_context("chart", visit, sub_page=f"{chart}movie"),
        **surroundings(visit),
    }
    return next_document(f"/chart/{chart}", {}, props, visit)


def _row(film: Film, visit: Visit) -> Node:
    return title_node(film, visit) | {
        "series": None,
        "latestTrailer": None,
        "plot": plot(film),
        "releaseDate": release_date(film.released),
        "productionStatus": production_status(film, visit.locale),
        "principalCredits": [
            *credit_group("director", film.directors, visit.locale, 1),
            *credit_group("cast", film.cast, visit.locale, 2),
        ],
    }
