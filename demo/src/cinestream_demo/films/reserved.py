"""Ids that are never films of the catalogue: each always shows one of the things that a crawl meets.

The titles below are invented, so that no real film is said to be what it is not.
"""

from __future__ import annotations

from dataclasses import dataclass

from cinestream_demo.films.catalogue import Catalogue
from cinestream_demo.films.film import Episode, Film, Person, ReleaseDate


@dataclass(frozen=True, slots=True)
class Reserved:
    """What an id stands for: a title page, a fault, or both (the page is what comes after the fault)."""

    about: str
    film: Film | None = None
    fault: str | None = None


def _titled(film_id: str, title: str) -> Film:
    """A complete little film, for ids whose point is how they are answered."""
    return Film(
        id=film_id,
        title=title,
        original_title=title,
        year=2011,
        released=ReleaseDate(2011, 5, 20),
        runtime_minutes=94,
        rating=6.4,
        votes=1203,
        plot=f"A night porter keeps a diary of every guest who asks for room {film_id[-3:]}, and is never believed.",
        genres=("Mystery", "Drama"),
        keywords=("hotel", "diary"),
        directors=(_MARLOWE,),
        writers=(_MARLOWE,),
        cast=(_OKAFOR, _LIND),
        countries=("GB",),
        languages=("en",),
    )


_MARLOWE = Person("nm89000001", "Ada Marlowe")
_OKAFOR = Person("nm89000002", "Daniel Okafor")
_LIND = Person("nm89000003", "Signe Lind")

_UNRELEASED = Film(
    id="tt9900001",
    title="The Harbour Lights",
    original_title="The Harbour Lights",
    year=2031,
    released=ReleaseDate(2031, 10),
    plot="Two sisters reopen a lighthouse that their family swore to leave dark.",
    genres=("Drama",),
    directors=(_MARLOWE,),
    writers=(_LIND,),
    cast=(_OKAFOR,),
    countries=("GB",),
    languages=("en",),
)
_SERIES = Film(
    id="tt9900002",
    title="Platform Nine and a Quarter Past",
    original_title="Platform Nine and a Quarter Past",
    kind="tvSeries",
    year=2018,
    end_year=2022,
    runtime_minutes=45,
    rating=7.7,
    votes=20411,
    plot="The night shift of a railway station solves the small mysteries that travellers leave behind.",
    genres=("Mystery", "Comedy"),
    cast=(_OKAFOR, _LIND),
    countries=("GB",),
    languages=("en",),
)
_EPISODE = Film(
    id="tt9900003",
    title="The Umbrella",
    original_title="The Umbrella",
    kind="tvEpisode",
    year=2018,
    released=ReleaseDate(2018, 3, 9),
    runtime_minutes=44,
    rating=8.1,
    votes=977,
    plot="Everybody claims the same umbrella.",
    genres=("Mystery", "Comedy"),
    directors=(_MARLOWE,),
    cast=(_OKAFOR,),
    episode=Episode("tt9900002", "Platform Nine and a Quarter Past", 1, 3),
)
_GAME = Film(
    id="tt9900004",
    title="Gears of Autumn",
    original_title="Gears of Autumn",
    kind="videoGame",
    year=2015,
    released=ReleaseDate(2015, 9, 30),
    rating=8.0,
    votes=3120,
    genres=("Adventure",),
)
_TV_MOVIE = Film(
    id="tt9900006",
    title="The Last Tram Home",
    original_title="Sista spårvagnen hem",
    kind="tvMovie",
    year=2003,
    released=ReleaseDate(2003, 11),
    runtime_minutes=88,
    rating=6.9,
    votes=811,
    plot="On his last evening a tram driver refuses to stop, and his passengers decide to help him.",
    genres=("Comedy", "Drama"),
    keywords=("tram", "retirement"),
    directors=(_LIND,),
    writers=(_LIND,),
    cast=(_LIND, _OKAFOR),
    countries=("SE",),
    languages=("sv",),
)
_SHORT = Film(
    id="tt9900007",
    title="Four Minutes of Rain",
    original_title="Four Minutes of Rain",
    kind="short",
    year=2009,
    released=ReleaseDate(2009),
    runtime_minutes=4,
    rating=7.2,
    votes=48,
    plot="A boy teaches his grandfather to hear the difference between rain and applause.",
    genres=("Drama",),
    directors=(_MARLOWE,),
)
_BARE = Film(id="tt9900008", title="Untitled Lighthouse Project", original_title="Untitled Lighthouse Project")
_SAME_TITLE = Film(
    id="tt9900009",
    title='Tom & Jenny\'s "Last" <Act>',
    original_title='Tom & Jenny\'s "Last" <Act>',
    year=1999,
    released=ReleaseDate(1999, 2, 28),
    runtime_minutes=101,
    rating=5.0,
    votes=5007,
    plot="Two actors who can't stand each other, on stage & off, learn that 1 < 2 </script> holds for curtain calls.",
    genres=("Comedy",),
    keywords=("theatre",),
    directors=(_LIND,),
    writers=(_MARLOWE,),
    cast=(_OKAFOR,),
    countries=("US",),
    languages=("en",),
)

_NO_ANSWER = {
    "tt9900202": Reserved("a bot challenge that a browser passes after a second", fault="challenge"),
    "tt9900203": Reserved("a bot challenge that nobody passes", fault="challenge-forever"),
    "tt9900204": Reserved("HTTP 202 with an empty body", fault="empty"),
    "tt9900205": Reserved("a page cut in half", fault="incomplete"),
    "tt9900206": Reserved("a page without its data", fault="incomplete:bare"),
    "tt9900207": Reserved("a page that takes 3 s", fault="slow"),
    "tt9900403": Reserved("refused by the CDN", fault="403"),
    "tt9900404": Reserved("does not exist", fault="404"),
    "tt9900429": Reserved("too many requests, Retry-After 2", fault="429"),
    "tt9900503": Reserved("the server has a fault", fault="503"),
}

RESERVED: dict[str, Reserved] = {
    "tt9900001": Reserved("an unreleased film: no rating, month of release only", _UNRELEASED),
    "tt9900002": Reserved("a series", _SERIES),
    "tt9900003": Reserved("an episode of it", _EPISODE),
    "tt9900004": Reserved("a video game", _GAME),
    "tt9900005": Reserved("redirects to another id, tt0068646", fault="redirect:tt0068646"),
    "tt9900006": Reserved("a TV film with another original title, month of release only", _TV_MOVIE),
    "tt9900007": Reserved("a short with few facts, year of release only", _SHORT),
    "tt9900008": Reserved("a film of which only the title is known", _BARE),
    "tt9900009": Reserved("a film whose title and plot hold quotes, ampersands and tags", _SAME_TITLE),
    "tt9900666": Reserved("an ordinary film that robots.txt forbids to fetch", _titled("tt9900666", "Room 666")),
} | {
    film_id: Reserved(entry.about, _titled(film_id, f"Room {film_id[-3:]}"), entry.fault)
    for film_id, entry in _NO_ANSWER.items()
}
"""Every reserved id. None of them is in a chart, a search or a list."""


def film_of(film_id: str, catalogue: Catalogue) -> Film | None:
    """The film behind an id, reserved or not."""
    reserved = RESERVED.get(film_id)
    return reserved.film if reserved else catalogue.get(film_id)
