"""The list, in pages of 100 films. The data of each page holds its own rows and the total."""

from __future__ import annotations

from collections.abc import Sequence

from cinestream_demo.films.film import DemoFilm
from cinestream_demo.pages.markup import render
from cinestream_demo.pages.next_document import common_props, next_document, request_context
from cinestream_demo.pages.nodes import Node, title_node, typed
from cinestream_demo.pages.page_context import PageContext

LIST_ID = "ls000000316"
MAX_FILMS = 1000
ROWS = 100


def list_page(films: Sequence[DemoFilm], page: int, context: PageContext) -> str | None:
    """Render one page of the list of `films`, or return None. Pages are numbered from 1."""
    start = (page - 1) * ROWS
    if not 0 <= start < len(films):
        return None
    words = context.locale.words
    return render(
        "list.html",
        context=context,
        words=words,
        list_id=LIST_ID,
        title=words["popular_chart"],
        films=films[start : start + ROWS],
        start=start,
        total=len(films),
        next_page=page + 1 if start + ROWS < len(films) else None,
        data=list_document(films, page, context),
        linked_data=None,
    )


def list_document(films: Sequence[DemoFilm], page: int, context: PageContext) -> Node:
    """Build the `__NEXT_DATA__` of a page of the list."""
    start = (page - 1) * ROWS
    edges = [
        typed(
            "TitleListItemSearchEdge",
            node=typed("ListItemNode", absolutePosition=place, itemId=film.id),
            listItem=title_node(film, context),
        )
        for place, film in enumerate(films[start : start + ROWS], start + 1)
    ]
    search = typed(
        "TitleListItemSearchConnection",
        total=len(films),
        pageInfo=typed("PageInfo", hasNextPage=start + ROWS < len(films), endCursor=str(start + len(edges))),
        edges=edges,
    )
    name = typed("ListName", originalText=context.locale.words["popular_chart"])
    props = {
        "mainColumnData": {"list": typed("List", id=LIST_ID, name=name, titleListItemSearch=search)},
        "requestContext": request_context("list", context, subject=LIST_ID),
        **common_props(context),
    }
    query = {"lsconst": LIST_ID} | ({"page": str(page)} if page > 1 else {})
    return next_document("/list/[lsconst]", query, props, context)
