"""The `ld+json` of a page (schema.org).

As on IMDb, its text is escaped for HTML, and `name` is the original title.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from cinestream_demo.films.film import CreditedPerson, DemoFilm
from cinestream_demo.pages.nodes import Node
from cinestream_demo.pages.page_context import PageContext

_TYPES = {"tvSeries": "TVSeries", "tvEpisode": "TVEpisode", "videoGame": "VideoGame"}


def title_linked_data(film: DemoFilm, context: PageContext) -> Node:
    """Build schema.org's description of a title. An unreleased title has only a name and an address."""
    url = f"{context.origin}/title/{film.id}/"
    kind = _TYPES.get(film.kind, "Movie")
    data: Node = {"@context": "https://schema.org", "@type": kind, "url": url, "name": _text(film.original_title)}
    if not film.is_released:
        return data
    if context.locale.title(film) != film.original_title:
        data["alternateName"] = _text(context.locale.title(film))
    data["image"] = f"{context.origin}/images/{film.id}.svg"
    if film.plot:
        data["description"] = _text(film.plot)
    data["aggregateRating"] = _rating(film)
    if film.certificate:
        data["contentRating"] = film.certificate
    data["genre"] = [context.locale.genre(genre) for genre in film.genres]
    if film.released and film.released.day:
        data["datePublished"] = f"{film.released.year:04}-{film.released.month:02}-{film.released.day:02}"
    data["keywords"] = _text(",".join(film.keywords))
    data["actor"] = _people(film.cast[:3], context)
    data["director"] = _people(film.directors, context)
    data["creator"] = [{"@type": "Organization", "name": _text(name)} for name in film.companies] + _people(
        film.writers, context
    )
    if film.runtime_minutes:
        data["duration"] = f"PT{film.runtime_minutes // 60}H{film.runtime_minutes % 60}M"
    return data


def chart_linked_data(films: Sequence[DemoFilm], context: PageContext) -> Node:
    """Build schema.org's list of the first rows of a chart."""
    items = [
        {
            "@type": "ListItem",
            "item": {
                "@type": "Movie",
                "url": f"{context.origin}/title/{film.id}/",
                "name": _text(context.locale.title(film)),
                "aggregateRating": _rating(film),
                "genre": ", ".join(film.genres),
            },
        }
        for film in films
    ]
    return {"@type": "ItemList", "itemListElement": items, "@context": "https://schema.org"}


def _rating(film: DemoFilm) -> Node:
    return {
        "@type": "AggregateRating",
        "ratingCount": film.votes,
        "bestRating": 10,
        "worstRating": 1,
        "ratingValue": film.rating,
    }


def _people(people: Sequence[CreditedPerson], context: PageContext) -> list[Node]:
    return [
        {"@type": "Person", "url": f"{context.origin}/name/{person.id}/", "name": _text(person.name)}
        for person in people
    ]


def _text(text: str) -> str:
    return escape(text).replace("&#x27;", "&apos;")
