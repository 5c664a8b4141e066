"""The `__NEXT_DATA__` document of a title page.

The paths are those of IMDb's title pages of 2023 to 2026. An unknown fact is null or empty where it is so there.
"""

from __future__ import annotations

from collections.abc import Sequence

from cinestream_demo.films.codes import country_name, language_name
from cinestream_demo.films.film import CreditedPerson, DemoFilm, Episode
from cinestream_demo.films.interests import interests
from cinestream_demo.pages.next_document import common_props, next_document, request_context
from cinestream_demo.pages.nodes import (
    Node,
    credit_group,
    image,
    name_node,
    plot,
    poster,
    production_status,
    ratings,
    release_date,
    release_year,
    title_genres,
    title_node,
    title_type,
    typed,
)
from cinestream_demo.pages.page_context import PageContext

STARS = 3
"""Members of the cast in the header."""
KEYWORDS = 5


def title_document(film: DemoFilm, similar: Sequence[DemoFilm], context: PageContext) -> Node:
    """Build the document of `/title/<id>/`. `similar` are the films of "more like this", best first."""
    props = {
        "tconst": film.id,
        "aboveTheFoldData": above_the_fold(film, context),
        "mainColumnData": main_column(film, similar, context),
        "requestContext": request_context("title", context, subject=film.id),
        **common_props(context),
    }
    return next_document("/title/[tconst]", {"tconst": film.id}, props, context)


def above_the_fold(film: DemoFilm, context: PageContext) -> Node:
    """Build the data of the header."""
    locale = context.locale
    genres = [typed("Genre", text=locale.genre(genre), id=genre) for genre in film.genres]
    labels = [typed("Interest", id=f"in{number:07}", primaryText=typed("InterestText", text=locale.genre(text)))
              for number, text in enumerate(interests(film), 1)]  # fmt: skip
    words = [typed("TitleKeyword", text=keyword) for keyword in film.keywords[:KEYWORDS]]
    principal = [
        *credit_group("director", film.directors, locale),
        *credit_group("writer", film.writers, locale),
        *credit_group("cast", film.cast, locale, STARS),
    ]
    return typed(
        "Title",
        id=film.id,
        productionStatus=production_status(film, locale),
        canHaveEpisodes=film.is_series,
        series=_series(film.episode) if film.episode else None,
        titleText=typed("TitleText", text=locale.title(film)),
        titleType=title_type(film, locale),
        originalTitleText=typed("TitleText", text=film.original_title),
        certificate=typed("Certificate", rating=film.certificate) if film.certificate else None,
        releaseYear=release_year(film),
        releaseDate=release_date(film.released),
        runtime=_runtime(film, context),
        canRate=typed("CanRate", isRatable=film.is_released),
        ratingsSummary=ratings(film),
        meterRanking=None,
        primaryImage=poster(film, context),
        images=typed("ImageConnection", total=1 if film.year else 0, edges=[]),
        videos=typed("TitleRelatedVideosConnection", total=0),
        primaryVideos=typed("VideoConnection", edges=[]),
        metacritic=typed("Metacritic", metascore=typed("Metascore", score=film.metascore)) if film.metascore else None,
        keywords=typed("TitleKeywordConnection", total=len(film.keywords), edges=_edges("TitleKeyword", words)),
        isAdult=False,
        genres=typed("Genres", genres=genres),
        titleGenres=title_genres(film, locale),
        interests=typed("InterestConnection", edges=_edges("Interest", labels)),
        plot=plot(film),
        credits=typed("CreditConnection", total=len(film.directors) + len(film.writers) + len(film.cast)),
        principalCredits=principal,
        castPageTitle=typed("CreditConnection", edges=_edges("Credit", _castings(film.cast[:STARS]))),
        creatorsPageTitle=[],
        directorsPageTitle=credit_group("director", film.directors, locale),
        countriesOfOrigin=_countries(film),
        production=_companies(film),
        meta=typed("TitleMeta", canonicalId=film.id, publicationStatus="PUBLISHED"),
    )


def main_column(film: DemoFilm, similar: Sequence[DemoFilm], context: PageContext) -> Node:
    """Build the data of the rest of the page, most of which shows only after scrolling."""
    languages = [typed("SpokenLanguage", id=code, text=language_name(code)) for code in film.languages]
    country = typed("LocalizedDisplayableCountry", id=context.locale.country, text=context.locale.country_name)
    released = release_date(film.released)
    cast = [casting | {"name": casting["name"] | {"primaryImage": image(person.id, person.name, context)},
                       "characters": None, "category": typed("CreditCategory", id="cast")}
            for person, casting in zip(film.cast, _castings(film.cast), strict=True)]  # fmt: skip
    also = [typed("Aka", text=film.original_title)] if film.original_title != context.locale.title(film) else []
    return typed(
        "Title",
        id=film.id,
        wins=typed("AwardNominationConnection", total=0),
        nominationsExcludeWins=typed("AwardNominationConnection", total=0),
        ratingsSummary=typed("RatingsSummary", topRanking=None),
        episodes=typed("Episodes", episodes=typed("EpisodeConnection", total=8)) if film.is_series else None,
        productionStatus=production_status(film, context.locale),
        primaryImage=poster(film, context),
        titleType=title_type(film, context.locale),
        cast=typed("CreditConnection", total=len(film.cast), edges=_edges("Credit", cast)),
        creators=[],
        directors=credit_group("director", film.directors, context.locale),
        writers=credit_group("writer", film.writers, context.locale),
        isAdult=False,
        moreLikeThisTitles=typed(
            "MoreLikeThisConnection", edges=_edges("MoreLikeThis", [title_node(other, context) for other in similar])
        ),
        titleText=typed("TitleText", text=context.locale.title(film)),
        originalTitleText=typed("TitleText", text=film.original_title),
        releaseYear=release_year(film),
        canRate=typed("CanRate", isRatable=film.is_released),
        releaseDate=released | {"country": country} if released else None,
        countriesOfOrigin=_countries(film),
        spokenLanguages=typed("SpokenLanguages", spokenLanguages=languages) if languages else None,
        akas=typed("AkaConnection", edges=_edges("Aka", also)),
        production=_companies(film),
        runtime=_runtime(film, context),
        series=_series(film.episode) if film.episode else None,
        canHaveEpisodes=film.is_series,
    )


def _runtime(film: DemoFilm, context: PageContext) -> Node | None:
    if film.runtime_minutes is None:
        return None
    text = typed("Markdown", plainText=context.locale.duration(film.runtime_minutes))
    return typed(
        "Runtime",
        seconds=film.runtime_minutes * 60,
        displayableProperty=typed("DisplayableTitleRuntimeProperty", value=text),
    )


def _series(episode: Episode) -> Node:
    text = typed("TitleText", text=episode.series_title)
    series = typed("Title", id=episode.series_id, titleText=text, originalTitleText=text)
    number = typed("EpisodeNumber", episodeNumber=episode.number, seasonNumber=episode.season)
    return typed("Series", episodeNumber=number, nextEpisode=None, previousEpisode=None, series=series)


def _countries(film: DemoFilm) -> Node | None:
    countries = [typed("CountryOfOrigin", id=code, text=country_name(code)) for code in film.countries]
    return typed("CountriesOfOrigin", countries=countries) if countries else None


def _companies(film: DemoFilm) -> Node:
    companies = [
        typed("CompanyCredit", company=typed("Company", companyText=typed("CompanyText", text=name)))
        for name in film.companies
    ]
    return typed("CompanyCreditConnection", edges=_edges("CompanyCredit", companies))


def _castings(cast: Sequence[CreditedPerson]) -> list[Node]:
    return [typed("Cast", name=name_node(person), attributes=None) for person in cast]


def _edges(kind: str, nodes: Sequence[Node]) -> list[Node]:
    return [typed(f"{kind}Edge", node=node) for node in nodes]
