"""Ids that never belong to a film of the catalogue. Each one always shows the same unusual page or fault."""

from __future__ import annotations

from dataclasses import dataclass

from cinestream_demo.films.catalogue import FilmCatalogue
from cinestream_demo.films.film import DemoFilm
from cinestream_demo.films.invented_films import (
    EPISODE,
    MARKUP_IN_TITLE,
    SERIES,
    SHORT,
    TITLE_ONLY,
    TV_MOVIE,
    UNRELEASED,
    VIDEO_GAME,
    hotel_film,
)


@dataclass(frozen=True, slots=True)
class ReservedId:
    """The meaning of one id: a title page, a fault, or a fault with the title page that follows it."""

    about: str
    film: DemoFilm | None = None
    fault: str | None = None


_FAULTS = {
    "tt9900202": ReservedId("a bot challenge that a browser passes after a second", fault="challenge"),
    "tt9900203": ReservedId("a bot challenge that nobody passes", fault="challenge-forever"),
    "tt9900204": ReservedId("HTTP 202 with an empty body", fault="empty"),
    "tt9900205": ReservedId("a page cut in half", fault="incomplete"),
    "tt9900206": ReservedId("a page without its data", fault="incomplete:bare"),
    "tt9900207": ReservedId("a page that takes 3 s", fault="slow"),
    "tt9900403": ReservedId("refused by the CDN", fault="403"),
    "tt9900404": ReservedId("does not exist", fault="404"),
    "tt9900429": ReservedId("too many requests, Retry-After 2", fault="429"),
    "tt9900503": ReservedId("service unavailable", fault="503"),
}

RESERVED: dict[str, ReservedId] = {
    "tt9900001": ReservedId("an unreleased film: no rating, month of release only", UNRELEASED),
    "tt9900002": ReservedId("a series", SERIES),
    "tt9900003": ReservedId("an episode of tt9900002", EPISODE),
    "tt9900004": ReservedId("a video game", VIDEO_GAME),
    "tt9900005": ReservedId("redirects to another id, tt0068646", fault="redirect:tt0068646"),
    "tt9900006": ReservedId("a TV film with another original title, month of release only", TV_MOVIE),
    "tt9900007": ReservedId("a short with few facts, year of release only", SHORT),
    "tt9900008": ReservedId("a film of which only the title is known", TITLE_ONLY),
    "tt9900009": ReservedId("a film whose title and plot contain quotes, ampersands and tags", MARKUP_IN_TITLE),
    "tt9900666": ReservedId("an ordinary film that robots.txt forbids to fetch", hotel_film("tt9900666", "Room 666")),
} | {
    film_id: ReservedId(entry.about, hotel_film(film_id, f"Room {film_id[-3:]}"), entry.fault)
    for film_id, entry in _FAULTS.items()
}
"""Every reserved id. None of them is in a chart, a search result or a list."""


def find_film(film_id: str, catalogue: FilmCatalogue) -> DemoFilm | None:
    """Return the film with this id, reserved ids included, or None."""
    reserved = RESERVED.get(film_id)
    return reserved.film if reserved else catalogue.get(film_id)
