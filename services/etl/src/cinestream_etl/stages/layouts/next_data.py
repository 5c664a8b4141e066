"""`<script id="__NEXT_DATA__">`: the data from which modern pages are built (2021 to today).

Two nodes describe the page's title: `aboveTheFoldData` and `mainColumnData`. A few pages of August 2021 have the same
nodes in `urqlState`, among those of other titles. IMDb has moved facts from one node to the other before, so each fact
is searched in both, first in the usual one.
"""

from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

import orjson

from cinestream_etl.stages.layouts.document import Json, at, each, number, text, texts, whole
from cinestream_etl.stages.layouts.scripts import script_texts
from cinestream_etl.stages.title import ParsedTitle, Person, Related

T = TypeVar("T")

_SITE_TEXTS = b',"translationContext":'
"""The beginning of the site's own texts in the page's language.

They are two thirds of the data and usually come after everything about the title, so decoding can stop here.
"""

_MAX_STATES = 500
"""Entries of `urqlState` that are read."""

# Since 2025 the groups of credits have opaque ids instead of `director`, `writer` and `cast`.
_GROUPS = {
    "director": "amzn1.imdb.concept.name_credit_category.ace5cb4c-8708-4238-9542-04641e7c8171",
    "writer": "amzn1.imdb.concept.name_credit_category.c84ecaff-add5-4f2e-81db-102a41881fe3",
    "cast": "amzn1.imdb.concept.name_credit_group.7510356e-fde9-438e-b3ad-0099ba6bc8ce",
}


def read(html: bytes) -> ParsedTitle | None:
    """Return the title of the page, or None if the page has no such data."""
    document = _document(html)
    props = at(document, "props")
    id = text(props, "pageProps", "tconst")
    nodes = _nodes(props, id)
    if id is None or not nodes:
        return None
    votes = _first(whole(node, "ratingsSummary", "voteCount") for node in nodes)
    return ParsedTitle(
        id=id,
        kind=_first_text(nodes, "titleType", "id") or "",
        title=_first_text(nodes, "titleText", "text") or "",
        original_title=_first_text(nodes, "originalTitleText", "text"),
        year=_first(whole(node, "releaseYear", "year") or None for node in nodes),
        rating=_first(_rating(node) for node in nodes) if votes != 0 else None,
        votes=votes or None,
        release_date=_first(_date(at(node, "releaseDate")) for node in nodes),
        directors=_credits(nodes, "director", "directors") or _credits(nodes, "director", "directorsPageTitle"),
        writers=_credits(nodes, "writer", "writers"),
        stars=_credits(nodes, "cast", "cast"),
        genres=tuple(genre for node in nodes for genre in _genres(node)),
        interests=tuple(_edges(nodes, "interests", "primaryText", "text")),
        keywords=tuple(_edges(nodes, "keywords", "text")) or tuple(_edges(nodes, "storylineKeywords", "text")),
        plot=_first_text(nodes, "plot", "plotText", "plainText"),
        tagline=next(_edges(nodes, "taglines", "text"), None),
        runtime_minutes=_minutes(_first(whole(node, "runtime", "seconds") for node in nodes)),
        certificate=_first_text(nodes, "certificate", "rating"),
        countries=tuple(_ids(nodes, "countriesOfOrigin", "countries")),
        languages=tuple(_ids(nodes, "spokenLanguages", "spokenLanguages")),
        poster=_first_text(nodes, "primaryImage", "url"),
        locale=_locale(document, props),
        recommendations=tuple(_related(nodes)),
    )


def _document(html: bytes) -> Json:
    for script in script_texts(html, b"__NEXT_DATA__"):
        beginning = script[: max(0, script.find(_SITE_TEXTS))]
        # The beginning is closed by hand. If that is not valid JSON or lacks something, the whole script is decoded.
        for shape in (beginning + b"}}}", script) if beginning else (script,):
            try:
                document = orjson.loads(shape)
            except ValueError:
                continue
            if shape is script or _is_enough(document):
                return document
    return None


def _is_enough(document: Json) -> bool:
    """Return True if the beginning of the data has both nodes in their usual place, and the locale."""
    props = at(document, "props")
    nodes = (at(props, "pageProps", name) for name in ("aboveTheFoldData", "mainColumnData"))
    return all(isinstance(node, dict) for node in nodes) and _locale({}, props) is not None


def _nodes(props: Json, id: str | None) -> list[Json]:
    page = at(props, "pageProps")
    nodes = [at(page, "aboveTheFoldData"), at(page, "mainColumnData")]
    if not any(nodes):
        state = at(props, "urqlState")
        entries = islice(state.values(), _MAX_STATES) if isinstance(state, dict) else ()
        nodes = [at(entry, "data", "title") for entry in entries]
        # The node with the plot is the one that `aboveTheFoldData` would hold.
        nodes.sort(key=lambda node: at(node, "plot") is None)
    return [node for node in nodes if isinstance(node, dict) and node.get("id", id) == id]


def _locale(document: Json, props: Json) -> str | None:
    for context in (at(props, "pageProps", "requestContext"), at(props, "requestContext")):
        if found := text(context, "sidecar", "localizationResponse", "userLanguage"):
            return found
    return text(document, "locale")


def _credits(nodes: list[Json], category: str, short: str) -> tuple[Person, ...]:
    """Return the credits of a category at the top of the page, or else those in the short list `short`."""
    for node in nodes:
        for group in [*each(node, "principalCredits"), *each(node, "principalCreditsV2")]:
            known = (
                text(group, "category", "id") == category or text(group, "grouping", "groupingId") == _GROUPS[category]
            )
            if known and (people := tuple(_people(each(group, "credits")))):
                return people
    return tuple(person for node in nodes for group in each(node, short) for person in _people(each(group, "credits")))


def _people(credits: Iterator[Json]) -> Iterator[Person]:
    for credit in credits:
        if name := text(credit, "name", "nameText", "text"):
            yield Person(name, text(credit, "name", "id"), tuple(texts(each(credit, "attributes"), "text")))


def _genres(node: Json) -> Iterator[str]:
    yield from texts(each(node, "genres", "genres"), "text")
    yield from texts(each(node, "titleGenres", "genres"), "genre", "text")


def _related(nodes: list[Json]) -> Iterator[Related]:
    for node in nodes:
        for edge in each(node, "moreLikeThisTitles", "edges"):
            film = at(edge, "node")
            id, title = text(film, "id"), text(film, "titleText", "text")
            if id and title:
                yield Related(id, title, _rating(film), whole(film, "releaseYear", "year"))


def _rating(node: Json) -> float | None:
    return number(node, "ratingsSummary", "aggregateRating") or None


def _date(node: Json) -> str | None:
    year, month, day = (whole(node, part) for part in ("year", "month", "day"))
    if not year:
        return None
    if not month:
        return f"{year:04}"
    return f"{year:04}-{month:02}-{day:02}" if day else f"{year:04}-{month:02}"


def _minutes(seconds: int | None) -> int | None:
    return seconds // 60 or None if seconds is not None else None


def _edges(nodes: list[Json], connection: str, *path: str) -> Iterator[str]:
    return (found for node in nodes for found in texts(each(node, connection, "edges"), "node", *path))


def _ids(nodes: list[Json], *path: str) -> Iterator[str]:
    return (found for node in nodes for found in texts(each(node, *path), "id"))


def _first_text(nodes: list[Json], *path: str) -> str | None:
    return _first(text(node, *path) for node in nodes)


def _first(found: Iterator[T | None]) -> T | None:
    return next((value for value in found if value is not None), None)
