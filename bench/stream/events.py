"""The events: films of about 1.3 KB of JSON, with a number and the time of publishing in the title."""

import time

from cinestream.contracts import Movie, PlotTone, SentimentAnalysis

MARK = b'"title":"bench '
"""Text that every event contains exactly once."""

_PLOT = "Over the course of several years, two convicts form a friendship, seeking consolation and redemption. " * 8


def film(number: int) -> Movie:
    """Build the event with this number, published now."""
    return Movie(
        id=f"tt{number:07}",
        title=f"bench {number} {time.monotonic_ns()} ",
        rating=9.3,
        year="1994",
        release_date="1994-09-23",
        director=["Frank Darabont"],
        genre=["Drama", "Crime"],
        plot=_PLOT,
        writers=["Stephen King", "Frank Darabont"],
        stars=["Tim Robbins", "Morgan Freeman"],
        decade_category="1990s",
        genre_categories=["Prison", "Drama", "Adaptation"],
        director_stats=None,
        sentiment_analysis=SentimentAnalysis(plot_tone=PlotTone.HOPEFUL, keyword_score=0.85),
        recommendations=[],
    )
