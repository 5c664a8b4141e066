"""The messages between the services, as pure models without I/O."""

from cinestream.contracts.dead_letter import DeadLetter
from cinestream.contracts.envelope import Envelope
from cinestream.contracts.errors import Invalid, Transient
from cinestream.contracts.movie import (
    DirectorStats,
    Movie,
    NamedDirectorStats,
    PlotTone,
    Recommendation,
    SentimentAnalysis,
)
from cinestream.contracts.page import Outcome, RawPage
from cinestream.contracts.request import Kind, Lane, ScrapeRequest

__all__ = [
    "DeadLetter",
    "DirectorStats",
    "Envelope",
    "Invalid",
    "Kind",
    "Lane",
    "Movie",
    "NamedDirectorStats",
    "Outcome",
    "PlotTone",
    "RawPage",
    "Recommendation",
    "ScrapeRequest",
    "SentimentAnalysis",
    "Transient",
]
