"""What the services say to each other: pure models, without I/O.

In the way of the data: `ScrapeRequest` asks for a page, `RawPage` is the page as the browser saw it, `Movie`
is what etl makes of it, `DeadLetter` is what nobody could handle. `subjects` names where each travels,
`envelope` is the form that all of them take on the wire, `errors` the verdicts that a handler can raise.
"""

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
