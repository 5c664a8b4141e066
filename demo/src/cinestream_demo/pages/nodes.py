"""The parts that `__NEXT_DATA__` documents share: a title in a list, a person, an image, a credit group.

Names and nesting are those of IMDb's pages of 2023 to 2026, so that a parser of those pages reads these too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cinestream_demo.films.film import CreditedPerson, DemoFilm, ReleaseDate
from cinestream_demo.films.locales import Locale
from cinestream_demo.pages.page_context import PageContext

Node = dict[str, Any]


def typed(typename: str, **fields: Any) -> Node:
    """Build an object with its type's name in `__typename`, as GraphQL responses have it."""
    return {**fields, "__typename": typename}


def title_node(film: DemoFilm, context: PageContext) -> Node:
    """Build a title as charts and "more like this" show it."""
    return typed(
        "Title",
        id=film.id,
        titleText=typed("TitleText", text=context.locale.title(film)),
        titleType=title_type(film, context.locale),
        originalTitleText=typed("TitleText", text=film.original_title),
        primaryImage=poster(film, context),
        releaseYear=release_year(film),
        ratingsSummary=ratings(film),
        runtime=typed("Runtime", seconds=film.runtime_minutes * 60) if film.runtime_minutes else None,
        certificate=typed("Certificate", rating=film.certificate) if film.certificate else None,
        canRate=typed("CanRate", isRatable=film.is_released),
        titleGenres=title_genres(film, context.locale),
        canHaveEpisodes=film.is_series,
    )


def title_type(film: DemoFilm, locale: Locale) -> Node:
    """Build the kind of a title. Films have no text to display, other kinds have."""
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


def poster(film: DemoFilm, context: PageContext) -> Node | None:
    """Build the poster of a title, or return None for a title without a year.

    Such a title has no known facts, and the live site shows no poster for it.
    """
    if film.year is None:
        return None
    return image(film.id, f"{context.locale.title(film)} ({film.year})", context) | {
        "caption": typed("Markdown", plainText=f"{film.title} ({film.year})")
    }


def image(owner: str, alt: str, context: PageContext) -> Node:
    """Build an image, which the site itself draws as SVG. `alt` becomes its caption."""
    return typed(
        "Image",
        id="rm" + owner[2:],
        width=400,
        height=600,
        url=f"{context.origin}/images/{owner}.svg",
        caption=typed("Markdown", plainText=alt),
    )


def release_year(film: DemoFilm) -> Node | None:
    """Build the year of release, and for a series also its last year."""
    return typed("YearRange", year=film.year, endYear=film.end_year) if film.year else None


def release_date(date: ReleaseDate | None) -> Node | None:
    """Build the release date, with null for an unknown month or day."""
    return typed("ReleaseDate", day=date.day, month=date.month, year=date.year) if date else None


def ratings(film: DemoFilm) -> Node:
    """Build the rating: null and no votes for an unreleased title."""
    rating = film.rating
    whole = int(rating) if rating is not None and rating == int(rating) else rating
    return typed("RatingsSummary", aggregateRating=whole, voteCount=film.votes if film.is_released else 0)


def title_genres(film: DemoFilm, locale: Locale) -> Node:
    """Build the genres in the form that pages have since 2024."""
    genres = [typed("TitleGenre", genre=typed("GenreItem", text=locale.genre(genre))) for genre in film.genres]
    return typed("TitleGenres", genres=genres)


def name_node(person: CreditedPerson) -> Node:
    """Build a person as credits show one."""
    return typed("Name", id=person.id, nameText=typed("NameText", text=person.name))


def credit_group(role: str, people: Sequence[CreditedPerson], locale: Locale, limit: int | None = None) -> list[Node]:
    """Build the credits of one role ("director", "writer" or "cast"): a list of one group, or an empty list."""
    if not people:
        return []
    word = {"cast": "stars"}.get(role, role if len(people) == 1 else role + "s")
    kind = "Cast" if role == "cast" else "Crew"
    return [
        typed(
            "PrincipalCreditsForCategory",
            totalCredits=len(people),
            category=typed("CreditCategory", text=locale.words[word], id=role),
            credits=[typed(kind, name=name_node(person), attributes=None) for person in people[:limit]],
        )
    ]


def production_status(film: DemoFilm, locale: Locale) -> Node:
    """Build the production status, which is `released` or `announced`."""
    stage = "released" if film.is_released else "announced"
    return typed(
        "ProductionStatusDetails",
        currentProductionStage=typed("ProductionStage", id=stage, text=locale.words[stage]),
        productionStatusHistory=[
            typed("ProductionStatusHistory", status=typed("ProductionStatus", id=stage, text=locale.words[stage]))
        ],
        restriction=None,
    )


def plot(film: DemoFilm) -> Node:
    """Build the plot, which is English in every language. Without a plot its parts are null."""
    return typed(
        "Plot",
        plotText=typed("Markdown", plainText=film.plot) if film.plot else None,
        language=typed("DisplayableLanguage", id="en-US") if film.plot else None,
    )
