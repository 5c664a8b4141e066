"""What the genres of a film lead to expect of its tone (`genres.txt`), before a word of its plot is read. Pure."""

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from cinestream.contracts import PlotTone

Scores = MappingProxyType[str, float]
"""By the name of the tone: a plain string is a faster key than a member of an enumeration."""
MOST = 3
"""A film of more genres is expected to sound as one of so many: the more there are, the less each says."""


class Prior(NamedTuple):
    """A score for each tone, in natural log-odds, and how many of the genres were known."""

    scores: Scores
    known: int


def prior(genres: Iterable[str]) -> Prior:
    """What these genres lead to expect; their order and case do not matter, an unknown one says nothing."""
    return _prior(frozenset(genre.casefold() for genre in genres))


@lru_cache(maxsize=1024)
def _prior(genres: frozenset[str]) -> Prior:
    known = [GENRES[genre] for genre in sorted(genres & GENRES.keys())]
    share = min(1.0, MOST / len(known)) if known else 0.0
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
"""How much one point of a word's weight counts for each tone."""
ANY = GENRES.pop("any")
"""What is expected of a film without a known genre."""
