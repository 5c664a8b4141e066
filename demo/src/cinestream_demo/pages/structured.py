"""The `ld+json` of a page (schema.org): as on IMDb, text in it is escaped for HTML and `name` is the original title."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from cinestream_demo.films.film import Film, Person
from cinestream_demo.pages.nodes import Node, Visit

_TYPES = {"tvSeries": "TVSeries", "tvEpisode": "TVEpisode", "videoGame": "VideoGame"}


def title_linked_data(film: Film, visit: Visit) -> Node:
    """The film as schema.org's Movie. An unreleased one has a name and an address only."""
    url = f"{visit.origin}/title/{film.id}/"
    kind = _TYPES.get(film.kind, "Movie")
    data: Node = {"@context": "https://schema.org", "@type": kind, "url": url, "name": _text(film.original_title)}
    if not film.is_released:
        return data
    if visit.locale.title(film) != film.original_title:
        data["alternateName"] = _text(visit.locale.title(film))
    data["image"] = f"{visit.origin}/images/{film.id}.svg"
    if film.plot:
        data["description"] = _text(film.plot)
    data["aggregateRating"] = _rating(film)
    if film.certificate:
        data["contentRating"] = film.certificate
    data["genre"] = [visit.locale.genre(genre) for genre in film.genres]
    if film.released and film.released.day:
        data["datePublished"] = f"{film.released.year:04}-{film.released.month:02}-{film.released.day:02}"
    data["keywords"] = _text(",".join(film.keywords))
    data["actor"] = _people(film.cast[:3], visit)
    data["director"] = _people(film.directors, visit)
    data["creator"] = [{"@type": "Organization", "name": _text(name)} for name in film.companies] + _people(
        film.writers, visit
    )
    if film.runtime_minutes:
        data["duration"] = f"PT{film.runtime_minutes // 60}H{film.runtime_minutes % 60}M"
    return data


def chart_linked_data(films: Sequence[Film], visit: Visit) -> Node:
    """The first rows of a chart as a list of items."""
    items = [
        {
            "@type": "ListItem",
            "item": {
                "@type": "Movie",
                "url": f"{visit.origin}/title/{film.id}/",
                "name": _text(visit.locale.title(film)),
                "aggregateRating": _rating(film),
                "genre": ", ".join(film.genres),
            },
        }
        for film in films
    ]
    return {"@type": "ItemList", "itemListElement": items, "@context": "https://schema.org"}


def _rating(film: Film) -> Node:
    return {
        "@type": "AggregateRating",
        "ratingCount": film.votes,
        "bestRating": 10,
        "worstRating": 1,
        "ratingValue": film.rating,
    }


def _people(people: Sequence[Person], visit: Visit) -> list[Node]:
    return [
        {"@type": "Person", "url": f"{visit.origin}/name/{person.id}/", "name": _text(person.name)} for person in people
    ]


def _text(text: str) -> str:
    return escape(text).replace("&#x27;", "&apos;")
