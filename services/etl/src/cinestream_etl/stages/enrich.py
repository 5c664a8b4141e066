"""The movie of a validated title, without what depends on other films. Pure."""

from cinestream.contracts import Movie, Recommendation, SentimentAnalysis
from cinestream_etl.stages.genre_themes import genre_categories
from cinestream_etl.stages.title import ParsedTitle, Related


def enrich(title: ParsedTitle, sentiment: SentimentAnalysis) -> Movie:
    """Return the movie of a title: its fields, decade and categories, and the tone of its plot.

    The statistics of its directors are absent.
    """
    return Movie(
        id=title.id,
        title=title.title,
        rating=title.rating,
        year=str(title.year) if title.year is not None else None,
        release_date=title.release_date,
        director=[person.name for person in title.directors],
        genre=list(title.genres),
        plot=title.plot,
        writers=[person.name for person in title.writers],
        stars=[person.name for person in title.stars],
        decade_category=decade(title.year),
        genre_categories=genre_categories(
            title.genres, title.interests, title.keywords, (note for writer in title.writers for note in writer.notes)
        ),
        director_stats=None,
        sentiment_analysis=sentiment,
        recommendations=[_recommendation(film) for film in title.recommendations],
        recommendations_source="page" if title.recommendations else None,
        original_title=title.original_title,
        kind=title.kind,
        votes=title.votes,
        runtime_minutes=title.runtime_minutes,
        certificate=title.certificate,
        countries=list(title.countries),
        languages=list(title.languages),
        keywords=list(title.keywords),
        poster=title.poster,
        tagline=title.tagline,
        url=f"https://www.imdb.com/title/{title.id}/",
        locale=title.locale,
    )


def _recommendation(film: Related) -> Recommendation:
    year = str(film.year) if film.year is not None else None
    return Recommendation(id=film.id, title=film.title, rating=film.rating, year=year)


def decade(year: int | None) -> str | None:
    """Return the name of the decade of a year: "1990s" for 1994."""
    return None if year is None else f"{year // 10}0s"
