"""`<script type="application/ld+json">`: the schema.org description of the title (https://schema.org/Movie).

In modern pages and those of 2018 on. Its texts are HTML-escaped once more than JSON asks for; `name` is the original
title, `alternateName` the localised one; `creator` mixes companies with people. It never says the year of a film and
which kind of film it is: the head of the page does. Of an unreleased one it says name and url only.
"""

import html as entities
import re
from collections.abc import Iterator

import orjson

from cinestream_etl.stages.layouts import head
from cinestream_etl.stages.layouts.document import Json, at, number, text, whole
from cinestream_etl.stages.layouts.scripts import script_texts
from cinestream_etl.stages.title import ParsedTitle, Person

FIELDS = frozenset(
    [
        *("id", "kind", "title", "original_title", "year", "rating", "votes", "release_date", "directors", "writers"),
        *("stars", "genres", "keywords", "plot", "runtime_minutes", "certificate", "poster"),
    ]
)
"""The fields of `ParsedTitle` that the description can have."""
WEAK = frozenset({"release_date", "certificate", "genres", "plot"})
"""Not as shown: the first release anywhere, the certificate of the United States, the first three genres, a
plot that is cut where it is long."""
_KINDS = {
    "Movie": "movie",
    "TVSeries": "tvSeries",
    "TVSeason": "tvSeries",
    "TVEpisode": "tvEpisode",
    "VideoGame": "videoGame",
    "PodcastSeries": "podcastSeries",
    "PodcastEpisode": "podcastEpisode",
}
_ID = re.compile(r"/title/(tt\d{7,10})(?:[/?#]|$)")
_NAME = re.compile(r"/name/(nm\d{7,10})(?:[/?#]|$)")
_DURATION = re.compile(r"PT(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:\d+S)?")


def read(html: bytes) -> ParsedTitle | None:
    """The title that the page is about, or None if no such description is in it."""
    for script in script_texts(html, b"application/ld+json"):
        try:
            document = orjson.loads(script)
        except ValueError:
            continue
        id = _id(_ID, document)
        kind = _KINDS.get(text(document, "@type") or "")
        if id and kind:
            return _title(id, kind, document, head.page_brackets(html))
    return None


def _title(id: str, kind: str, document: Json, said: str) -> ParsedTitle:
    name, shown = _text(document, "name"), _text(document, "alternateName")
    keywords = _text(document, "keywords") or ""
    return ParsedTitle(
        id=id,
        kind=head.kind(said) or kind,
        title=shown or name or "",
        original_title=name,
        year=head.year(said),
        rating=_number(document, "aggregateRating", "ratingValue"),
        votes=whole(document, "aggregateRating", "ratingCount") or None,
        release_date=_text(document, "datePublished"),
        directors=tuple(_people(document, "director")),
        writers=tuple(_people(document, "creator")),
        stars=tuple(_people(document, "actor")),
        genres=tuple(entities.unescape(genre) for genre in _listed(document, "genre") if isinstance(genre, str)),
        keywords=tuple(word for word in keywords.split(",") if word),
        plot=_plot(document, name or ""),
        runtime_minutes=_minutes(text(document, "duration")),
        certificate=_text(document, "contentRating"),
        poster=text(document, "image") or text(document, "image", "url"),
    )


def _plot(document: Json, name: str) -> str | None:
    # Around 2020 a sentence for search engines stands before the plot: "X is a movie starring A, B, and C. …".
    plot = _text(document, "description")
    if plot and plot.startswith(f"{name} is a ") and " starring " in plot:
        stars = [person.name for person in _people(document, "actor")]
        end = max((plot.find(f"{star}. ") + len(star) + 2 for star in stars if f"{star}. " in plot), default=0)
        return plot[end:] or None
    return plot


def _id(pattern: re.Pattern[str], node: Json) -> str | None:
    found = pattern.search(text(node, "url") or text(node, "@id") or "")
    return found[1] if found else None


def _people(document: Json, role: str) -> Iterator[Person]:
    for node in _listed(document, role):
        name = _text(node, "name")
        if name and text(node, "@type") in (None, "Person"):
            yield Person(name, _id(_NAME, node))


def _listed(document: Json, key: str) -> list[Json]:
    # schema.org allows one value where it allows many.
    value = at(document, key)
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(node: Json, *path: str) -> str | None:
    found = text(node, *path)
    return entities.unescape(found) if found else None


def _number(node: Json, *path: str) -> float | None:
    # Until 2020 the rating is a text.
    try:
        return number(node, *path) or float(text(node, *path) or "") or None
    except ValueError:
        return None


def _minutes(duration: str | None) -> int | None:
    found = _DURATION.fullmatch(duration or "")
    return int(found[1] or 0) * 60 + int(found[2] or 0) or None if found else None
