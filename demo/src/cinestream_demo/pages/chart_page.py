"""The charts. The page's data holds every row. The page itself shows 25, and 25 more with each click."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cinestream_demo.films.film import DemoFilm
from cinestream_demo.pages.linked_data import chart_linked_data
from cinestream_demo.pages.markup import render
from cinestream_demo.pages.next_document import common_props, next_document, request_context
from cinestream_demo.pages.nodes import (
    Node,
    credit_group,
    plot,
    production_status,
    release_date,
    title_node,
    typed,
)
from cinestream_demo.pages.page_context import PageContext

ROWS = 25
_WORDS = {"top": "top_chart", "moviemeter": "popular_chart"}


def chart_page(chart: str, films: Sequence[DemoFilm], context: PageContext) -> str:
    """Render the page of the chart `top` or `moviemeter`. `films` are in the order of the chart."""
    return render(
        "chart.html",
        context=context,
        words=context.locale.words,
        chart=chart,
        title=context.locale.words[_WORDS[chart]],
        films=films[:ROWS],
        total=len(films),
        data=chart_document(chart, films, context),
        linked_data=chart_linked_data(films[:ROWS], context),
    )


def chart_document(chart: str, films: Sequence[DemoFilm], context: PageContext) -> Node:
    """Build the `__NEXT_DATA__` of a chart."""
    edges = [typed("ChartTitleEdge", currentRank=rank, node=_row(film, context)) for rank, film in enumerate(films, 1)]
    facets = [
        typed("SearchFacet", filterId=genre, text=context.locale.genre(genre), total=total)
        for genre, total in Counter(genre for film in films for genre in film.genres).most_common()
    ]
    titles = typed("ChartTitleSearchConnection", edges=edges, genres=facets, keywords=[], watchOptions=[])
    props = {
        "pageData": {"chartTitles": titles},
        "requestContext": request_context("chart", context, sub_page=f"{chart}movie"),
        **common_props(context),
    }
    return next_document(f"/chart/{chart}", {}, props, context)


def _row(film: DemoFilm, context: PageContext) -> Node:
    return title_node(film, context) | {
        "series": None,
        "latestTrailer": None,
        "plot": plot(film),
        "releaseDate": release_date(film.released),
        "productionStatus": production_status(film, context.locale),
        "principalCredits": [
            *credit_group("director", film.directors, context.locale, 1),
            *credit_group("cast", film.cast, context.locale, 2),
        ],
    }
