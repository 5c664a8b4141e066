"""Invented titles behind the reserved ids.

They are invented because each one has a flaw or is of an unusual kind, and no real film should be described so.
"""

from __future__ import annotations

from cinestream_demo.films.film import CreditedPerson, DemoFilm, Episode, ReleaseDate

_MARLOWE = CreditedPerson("nm89000001", "Ada Marlowe")
_OKAFOR = CreditedPerson("nm89000002", "Daniel Okafor")
_LIND = CreditedPerson("nm89000003", "Signe Lind")

UNRELEASED = DemoFilm(
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
SERIES = DemoFilm(
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
EPISODE = DemoFilm(
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
VIDEO_GAME = DemoFilm(
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
TV_MOVIE = DemoFilm(
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
SHORT = DemoFilm(
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
TITLE_ONLY = DemoFilm(id="tt9900008", title="Untitled Lighthouse Project", original_title="Untitled Lighthouse Project")
MARKUP_IN_TITLE = DemoFilm(
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


def hotel_film(film_id: str, title: str) -> DemoFilm:
    """Return a complete film, for reserved ids that stand for a fault rather than for a kind of title."""
    return DemoFilm(
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
