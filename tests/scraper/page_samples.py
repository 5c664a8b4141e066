"""Hand-made pages in the layouts of IMDb."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from cinestream.contracts import Kind
from cinestream_scraper.pages.page import Page
from cinestream_scraper.pages.reading import Reading
from cinestream_scraper.pages.rows import TitleRows
from cinestream_scraper.pages.targets import Target

SITE = "https://www.imdb.com"


def next_page(
    route: str, props: dict[str, Any], *, canonical: str = "", head: str = "", query: dict[str, str] | None = None
) -> str:
    """Return a modern page, with its data in `script#__NEXT_DATA__`."""
    data = json.dumps({"props": {"pageProps": props}, "page": route, "query": query or {}})
    link = f'<link rel="canonical" href="{SITE}{canonical}">' if canonical else ""
    return (
        f'<!DOCTYPE html><html><head>{link}{head}</head><body><div id="__next"><h1>x</h1></div>'
        f'<script id="__NEXT_DATA__" type="application/json">{data}</script></body></html>'
    )


def title_page(
    id: str = "tt0111161", *, kind: str = "movie", canonical: str | None = None, alike: Sequence[str] = ()
) -> str:
    """Return a modern title page."""
    edges = [{"node": {"id": other}} for other in alike]
    above = {"id": id, "titleText": {"text": "A film"}, "titleType": {"id": kind}}
    props = {
        "tconst": id,
        "aboveTheFoldData": above,
        "mainColumnData": {"id": id, "moreLikeThisTitles": {"edges": edges}},
    }
    return next_page("/title/[tconst]", props, canonical=canonical or f"/title/{id}/")


MORE = '<span class="ipc-see-more"><button>more</button></span>'
"""The button for more rows."""


def chart_page(ids: list[str], *, name: str = "top", more: bool = False) -> str:
    """Return a modern chart page. With `more` its data states that it lacks rows."""
    edges = [{"currentRank": rank, "node": {"id": id}} for rank, id in enumerate(ids, 1)]
    titles = {"edges": edges, "pageInfo": {"hasNextPage": more}}
    return next_page(f"/chart/{name}", {"pageData": {"chartTitles": titles}}, canonical=f"/chart/{name}/")


def row(id: str) -> str:
    """Return a row of a chart, search or list."""
    return f'<li class="ipc-metadata-list-summary-item"><a href="/title/{id}/">x</a></li>'


def list_page(
    ids: Sequence[str], *, id: str = "ls055592025", page: int = 1, total: int | None = None, more: bool = False
) -> str:
    """Return a page of a modern list, which states the total number of rows and if another page follows."""
    search = {
        "total": len(ids) if total is None else total,
        "pageInfo": {"hasNextPage": more},
        "edges": [{"listItem": {"id": one}} for one in ids],
    }
    query = {"lsconst": id} | ({"page": str(page)} if page > 1 else {})
    props = {"mainColumnData": {"list": {"titleListItemSearch": search}}}
    return next_page("/list/[lsconst]", props, canonical=f"/list/{id}/", query=query)


def legacy_page(id: str = "tt0133093", *, kind: str = "video.movie", title: str = "The Matrix (1999)") -> str:
    """Return a title page of 2015."""
    return (
        f'<html><head><link rel="canonical" href="http://www.imdb.com/title/{id}/">'
        f'<meta property="og:type" content="{kind}"><meta property="pageId" content="{id}"></head>'
        f'<body><div class="title_wrapper"><h1>{title}</h1></div><div id="footer"></div></body></html>'
    )


def reading(html: str, *, url: str = f"{SITE}/title/tt0111161/", status: int = 200, final_url: str = "") -> Reading:
    """Return a reading of this page."""
    return Reading(url, final_url or url, status, Page(html), datetime.now(UTC))


def title(id: str = "tt0111161") -> Target:
    """Return the target of a title's page."""
    return Target(Kind.TITLE, id)


def chart(name: str = "top") -> Target:
    """Return the target of a chart's page."""
    return Target(Kind.CHART, name)


def titles_in(html: str) -> list[str]:
    """Return the ids of the titles in the rows of a page."""
    return TitleRows(Page(html)).ids
