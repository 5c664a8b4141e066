"""`<script type="application/ld+json">`: the schema.org description of the title (https://schema.org/Movie).

Pages have it since 2018. Its texts are HTML-escaped in addition to the escapes of JSON. `name` is the original title
and `alternateName` the localised one. `creator` mixes companies with people. The year and the exact kind of a film are
missing, so they are taken from the page's `<title>`. An unreleased film has only a name and a URL.
"""

import re
from collections.abc import Iterator
from itertools import islice

import orjson

from cinestream.contracts.text import unescaped
from cinestream_etl.stages.layouts import head
from cinestream_etl.stages.layouts.document import MAX_EACH, MAX_TEXT, Json, at, number, text, whole
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
"""Fields that differ from what the page shows to its viewer.

The release date is the first one in any country and the certificate is that of the United States. There are at most
three genres, and a long plot is truncated.
"""
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
_MAX_SCRIPTS = 100
_DURATION = re.compile(r"PT(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:\d+S)?")


def read(html: bytes) -> ParsedTitle | None:
    """Return the title of the page, or None if the page has no such description."""
    for script in islice(script_texts(html, b"application/ld+json"), _MAX_SCRIPTS):
        try:
            document = orjson.loads(script)
        except ValueError:
            continue
        id = _id(_ID, document)
        kind = _KINDS.get(text(document, "@type") or "")
        if id and kind:
            return _title(id, kind, document, head.page_brackets(html))
    return None


def _title(id: str, kind: str, document: Json, brackets: str) -> ParsedTitle:
    name, shown = _text(document, "name"), _text(document, "alternateName")
    keywords = _text(document, "keywords") or ""
    return ParsedTitle(
        id=id,
        kind=head.kind(brackets) or kind,
        title=shown or name or "",
        original_title=name,
        year=head.year(brackets),
        rating=_number(document, "aggregateRating", "ratingValue"),
        votes=whole(document, "aggregateRating", "ratingCount") or None,
        release_date=_text(document, "datePublished"),
        directors=tuple(_people(document, "director")),
        writers=tuple(_people(document, "creator")),
        stars=tuple(_people(document, "actor")),
        genres=tuple(unescaped(genre, MAX_TEXT) for genre in _listed(document, "genre") if isinstance(genre, str)),
        keywords=tuple(word for word in keywords.split(",") if word),
        plot=_plot(document, name or ""),
        runtime_minutes=_minutes(text(document, "duration")),
        certificate=_text(document, "contentRating"),
        poster=text(document, "image") or text(document, "image", "url"),
    )


def _plot(document: Json, name: str) -> str | None:
    # Around 2020 the plot begins with a sentence for search engines: "X is a movie starring A, B, and C. …".
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
    return value[:MAX_EACH] if isinstance(value, list) else [] if value is None else [value]


def _text(node: Json, *path: str) -> str | None:
    found = text(node, *path)
    return unescaped(found, MAX_TEXT) if found else None


def _number(node: Json, *path: str) -> float | None:
    # Until 2020 the rating was a string.
    try:
        return number(node, *path) or float(text(node, *path) or "") or None
    except ValueError:
        return None


def _minutes(duration: str | None) -> int | None:
    found = _DURATION.fullmatch(duration or "")
    return int(found[1] or 0) * 60 + int(found[2] or 0) or None if found else None
