"""The messages between the services, as pure models without I/O.

A model is imported when its name is first used, because a command that only prints its help needs no pydantic.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cinestream.contracts.dead_letter import DeadLetter
    from cinestream.contracts.envelope import Envelope
    from cinestream.contracts.errors import Invalid, Transient
    from cinestream.contracts.kinds import Kind, Lane
    from cinestream.contracts.movie import (
        DirectorStats,
        Movie,
        NamedDirectorStats,
        PlotTone,
        Recommendation,
        SentimentAnalysis,
    )
    from cinestream.contracts.page import Outcome, RawPage
    from cinestream.contracts.request import ScrapeRequest

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

_MODULES = {
    "dead_letter": ("DeadLetter",),
    "envelope": ("Envelope",),
    "errors": ("Invalid", "Transient"),
    "kinds": ("Kind", "Lane"),
    "movie": ("DirectorStats", "Movie", "NamedDirectorStats", "PlotTone", "Recommendation", "SentimentAnalysis"),
    "page": ("Outcome", "RawPage"),
    "request": ("ScrapeRequest",),
}


def __getattr__(name: str) -> Any:
    """Import a model (PEP 562)."""
    for module, names in _MODULES.items():
        if name in names:
            value = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
