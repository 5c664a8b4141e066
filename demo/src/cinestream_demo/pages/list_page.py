"""The list: pages of 100 films; each page's data holds its own rows and says how many there are in all."""

from __future__ import annotations

from collections.abc import Sequence

from cinestream_demo.films.film import Film
from cinestream_demo.pages.document import next_document, request_context, surroundings
from cinestream_demo.pages.markup import render
from cinestream_demo.pages.nodes import Node, Visit, title_node, typed

LIST_ID = "ls000000316"
LISTED = 1000
ROWS = 100


def list_page(films: Sequence[Film], page: int, visit: Visit) -> str | None:
    """The page with that number, from 1, of the list of `films`; None where there is none."""
    start = (page - 1) * ROWS
    if not 0 <= start < len(films):
        return None
    words = visit.locale.words
    return render(
        "list.html",
        visit=visit,
        words=words,
        list_id=LIST_ID,
        title=words["popular_chart"],
        films=films[start : start + ROWS],
        start=start,
        total=len(films),
        next_page=page + 1 if start + ROWS < len(films) else None,
        data=list_document(films, page, visit),
        linked_data=None,
    )


def list_document(films: Sequence[Film], page: int, visit: Visit) -> Node:
    """The `__NEXT_DATA__` of a page of the list."""
    start = (page - 1) * ROWS
    edges = [
        typed(
            "TitleListItemSearchEdge",
            node=typed("ListItemNode", absolutePosition=place, itemId=film.id),
            listItem=title_node(film, visit),
        )
        for place, film in enumerate(films[start : start + ROWS], start + 1)
    ]
    search = typed(
        "TitleListItemSearchConnection",
        total=len(films),
        pageInfo=typed("PageInfo", hasNextPage=start + ROWS < len(films), endCursor=str(start + len(edges))),
        edges=edges,
    )
    name = typed("ListName", originalText=visit.locale.words["popular_chart"])
    props = {
        "mainColumnData": {"list": typed("List", id=LIST_ID, name=name, titleListItemSearch=search)},
        "requestContext": request_context("list", visit, subject=LIST_ID),
        **surroundings(visit),
    }
    query = {"lsconst": LIST_ID} | ({"page": str(page)} if page > 1 else {})
    return next_document("/list/[lsconst]", query, props, visit)
