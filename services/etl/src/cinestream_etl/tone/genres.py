"""The expected tone of a film before any word of its plot is read, by its genres (`genres.txt`). Pure."""

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from cinestream.contracts import PlotTone

Scores = MappingProxyType[str, float]
"""A number per tone, by the tone's name. A plain string is a faster key than a member of an enumeration."""
MAX_FULL_GENRES = 3
"""The number of genres that count in full. Of more genres each counts less, so that their sum stays as large."""


class Prior(NamedTuple):
    """The expectation from the genres: a score for each tone, in natural log-odds, and the number of known genres."""

    scores: Scores
    known: int


def prior(genres: Iterable[str]) -> Prior:
    """Return the expectation from these genres. Order and case do not matter, and unknown genres are ignored."""
    return _prior(frozenset(genre.casefold() for genre in genres))


@lru_cache(maxsize=1024)
def _prior(genres: frozenset[str]) -> Prior:
    known = [GENRES[genre] for genre in sorted(genres & GENRES.keys())]
    share = min(1.0, MAX_FULL_GENRES / len(known)) if known else 0.0
    scores = {tone: ANY[tone] + share * sum(row[tone] for row in known) for tone in ANY}
    return Prior(MappingProxyType(scores), len(known))


def _rows() -> dict[str, Scores]:
    text = files("cinestream_etl.tone").joinpath("genres.txt").read_text("utf-8")
    head, *rows = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    tones = [PlotTone(name).value for name in head]
    return {
        name.casefold(): MappingProxyType(dict(zip(tones, map(float, numbers), strict=True))) for name, *numbers in rows
    }


GENRES = _rows()
WORDS = GENRES.pop("words")
"""The factor of each tone for the weights of its words."""
ANY = GENRES.pop("any")
"""The scores of a film without a known genre."""
