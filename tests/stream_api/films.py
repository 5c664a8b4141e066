"""Films of the tests, published as etl publishes them."""

from datetime import UTC, datetime
from typing import Any

from cinestream.bus.jetstream import Bus
from cinestream.contracts import DirectorStats, Movie, PlotTone, SentimentAnalysis

PAGE_TIME = datetime(2026, 11, 1, tzinfo=UTC)


def movie(number: int, **changes: Any) -> Movie:
    """Return a film that differs from others by its number."""
    fields: dict[str, Any] = {
        "id": f"tt{number:07}",
        "title": f"Film {number} \N{EM DASH} “ø”\u2028",
        "rating": 7.5,
        "year": "1994",
        "release_date": "1994-09-23",
        "director": ["Frank Darabont"],
        "genre": ["Drama", "Crime"],
        "plot": "Two men.\nOne wall.",
        "writers": ["Stephen King"],
        "stars": ["Tim Robbins"],
        "decade_category": "1990s",
        "genre_categories": ["Prison"],
        "director_stats": DirectorStats(total_movies=1, average_rating=7.5),
        "sentiment_analysis": SentimentAnalysis(plot_tone=PlotTone.HOPEFUL, keyword_score=0.5),
        "recommendations": [],
    }
    return Movie(**(fields | changes))


async def publish(bus: Bus, *numbers: int, **changes: Any) -> None:
    """Publish films in this order."""
    for number in numbers:
        film = movie(number, **changes)
        await bus.publish(film.subject, film.encode(page_time=PAGE_TIME))
