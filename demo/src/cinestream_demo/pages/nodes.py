"""The pieces that `__NEXT_DATA__` documents share: a title as lists show it, a person, an image, a credit group.

Names and nesting are those of IMDb's pages of 2023 to 2026, so that whoever reads those reads ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cinestream_demo.films.film import Film, Person, ReleaseDate
from cinestream_demo.films.locales import Locale

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Visit:
    """How a page was asked for: `origin` (scheme and host), path as in the address bar, language.

    `consent_path` is the path for which consent is asked; "" asks for none.
    """

    origin: str
    path: str
    locale: Locale
    consent_path: str = ""

    @property
    def consent_cookie(self) -> str:
        """The cookie that keeps the answer: the whole site's and a fault's are not the same question."""
        return "consent" if self.consent_path == "/" else "consent-here"


def typed(typename: str, **fields: Any) -> Node:
    """An object with the type's name, as GraphQL answers have it."""
    return {**fields, "__typename": typename}


def title_node(film: Film, visit: Visit) -> Node:
    """A title as charts and "more like this" show it."""
    return typed(
        "Title",
        id=film.id,
        titleText=typed("TitleText", text=visit.locale.title(film)),
        titleType=title_type(film, visit.locale),
        originalTitleText=typed("TitleText", text=film.original_title),
        primaryImage=poster(film, visit),
        releaseYear=release_year(film),
        ratingsSummary=ratings(film),
        runtime=typed("Runtime", seconds=film.runtime_minutes * 60) if film.runtime_minutes else None,
        certificate=typed("Certificate", rating=film.certificate) if film.certificate else None,
        canRate=typed("CanRate", isRatable=film.is_released),
        titleGenres=title_genres(film, visit.locale),
        canHaveEpisodes=film.is_series,
    )


def title_type(film: Film, locale: Locale) -> Node:
    """The kind of title. Films have no text to display, other kinds do."""
    text = locale.kinds[film.kind]
    return typed(
        "TitleType",
        id=film.kind,
        text=text,
        isSeries=film.is_series,
        isEpisode=film.kind == "tvEpisode",
        canHaveEpisodes=film.is_series,
        categories=[typed("TitleTypeCategory", value="tv" if film.kind.startswith("tv") else film.kind)],
        displayableProperty=typed(
            "DisplayableTitleTypeProperty", value=typed("Markdown", plainText="" if film.kind == "movie" else text)
        ),
    )


def poster(film: Film, visit: Visit) -> Node | None:
    """The picture of a title; one of which nothing but the title is known has none."""
    if film.year is None:
        return None
    return image(film.id, f"{visit.locale.title(film)} ({film.year})", visit) | {
        "caption": typed("Markdown", plainText=f"{film.title} ({film.year})")
    }


def image(owner: str, alt: str, visit: Visit) -> Node:
    """A picture that the site draws itself; `alt` goes into its caption."""
    return typed(
        "Image",
        id="rm" + owner[2:],
        width=400,
        height=600,
        url=f"{visit.origin}/images/{owner}.svg",
        caption=typed("Markdown", plainText=alt),
    )


def release_year(film: Film) -> Node | None:
    """The year, and for series the last one."""
    return typed("YearRange", year=film.year, endYear=film.end_year) if film.year else None


def release_date(date: ReleaseDate | None) -> Node | None:
    """The date, with null for a month or day that nobody knows."""
    return typed("ReleaseDate", day=date.day, month=date.month, year=date.year) if date else None


def ratings(film: Film) -> Node:
    """The rating; null and no votes for what is not released."""
    rating = film.rating
    whole = int(rating) if rating is not None and rating == int(rating) else rating
    return typed("RatingsSummary", aggregateRating=whole, voteCount=film.votes if film.is_released else 0)


def title_genres(film: Film, locale: Locale) -> Node:
    """Genres as pages since 2024 have them."""
    genres = [typed("TitleGenre", genre=typed("GenreItem", text=locale.genre(genre))) for genre in film.genres]
    return typed("TitleGenres", genres=genres)


def name_node(person: Person) -> Node:
    """A person as credits show one."""
    return typed("Name", id=person.id, nameText=typed("NameText", text=person.name))


def credit_group(role: str, people: Sequence[Person], locale: Locale, at_most: int | None = None) -> list[Node]:
    """The people of one role ("director", "writer", "cast") as a list of one group, or of none without people."""
    if not people:
        return []
    word = {"cast": "stars"}.get(role, role if len(people) == 1 else role + "s")
    kind = "Cast" if role == "cast" else "Crew"
    return [
        typed(
            "PrincipalCreditsForCategory",
            totalCredits=len(people),
            category=typed("CreditCategory", text=locale.words[word], id=role),
            credits=[typed(kind, name=name_node(person), attributes=None) for person in people[:at_most]],
        )
    ]


def production_status(film: Film, locale: Locale) -> Node:
    """Released or announced."""
    stage = "released" if film.is_released else "announced"
    return typed(
        "ProductionStatusDetails",
        currentProductionStage=typed("ProductionStage", id=stage, text=locale.words[stage]),
        productionStatusHistory=[
            typed("ProductionStatusHistory", status=typed("ProductionStatus", id=stage, text=locale.words[stage]))
        ],
        restriction=None,
    )


def plot(film: Film) -> Node:
    """The plot: English on every page, as nobody translated it. Films without one have nulls inside."""
    return typed(
        "Plot",
        plotText=typed("Markdown", plainText=film.plot) if film.plot else None,
        language=typed("DisplayableLanguage", id="en-US") if film.plot else None,
    )
