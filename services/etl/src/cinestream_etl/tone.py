"""The tone of a plot: the words of our own lexicon, weighed by what its genres lead to expect. Pure.

The chosen tone has the greatest product of prior and evidence. The score is the evidence alone, 0..1: every word of the
tone halves what is missing to 1, so one word is 0.5, two 0.75; a plot whose genres alone decide has score 0.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from cinestream.contracts import PlotTone, SentimentAnalysis
from cinestream_etl.lexicon import GENRE_PRIOR, LEXICON

_WORD = re.compile(r"[a-z]+(?:[-'][a-z]+)*")
_TONES = tuple(PlotTone(name) for name in LEXICON)
_FLOOR = 0.05
"""The prior of a tone that no genre of the film leads to expect: a strong plot can still win."""
_UNDECIDED = 0.35
"""Without a word of evidence, genres decide only if they lead to one tone with at least this share."""

Weights = dict[PlotTone, float]


def tone(plot: str | None, genres: Iterable[str]) -> SentimentAnalysis:
    """The tone of a plot; Neutral with score 0 when there is no plot, or nothing in it and its genres tells."""
    if not plot:
        return SentimentAnalysis(plot_tone=PlotTone.NEUTRAL, keyword_score=0.0)
    words = keywords(plot)
    evidence = _evidence(words)
    prior = _prior(tuple(genres))
    if not evidence:
        best = max(prior, key=prior.__getitem__)
        return SentimentAnalysis(plot_tone=best if prior[best] >= _UNDECIDED else PlotTone.NEUTRAL, keyword_score=0.0)
    best = max(_TONES, key=lambda name: (prior[name] + _FLOOR) * (1.0 + evidence.get(name, 0.0)))
    score = 1.0 - 0.5 ** evidence.get(best, 0.0)
    heard = [word for word in words if best in _INDEX[word]]
    return SentimentAnalysis(plot_tone=best, keyword_score=round(score, 2), keywords=heard)


def keyword_evidence(plot: str) -> Weights:
    """How many different words of the plot speak for each tone; a word of two tones counts half for each."""
    return _evidence(keywords(plot))


def _evidence(words: Iterable[str]) -> Weights:
    evidence: Weights = {}
    for entry in words:
        tones = _INDEX[entry]
        for name in tones:
            evidence[name] = evidence.get(name, 0.0) + 1 / len(tones)
    return evidence


def keywords(plot: str) -> tuple[str, ...]:
    """The words of the lexicon that are in the plot in some inflection, each once, in its order."""
    return tuple(dict.fromkeys(entry for word in _WORD.findall(plot.lower()) if (entry := _entry(word))))


@lru_cache(maxsize=512)
def _prior(genres: tuple[str, ...]) -> Weights:
    """The mean of the genres' priors, each of sum 1; even without a genre that we know."""
    shares = [GENRE_PRIOR[genre] for genre in genres if genre in GENRE_PRIOR]
    if not shares:
        return dict.fromkeys(PlotTone, 1 / len(PlotTone))
    return {name: sum(s.get(name.value, 0.0) / sum(s.values()) for s in shares) / len(shares) for name in PlotTone}


@lru_cache(maxsize=65_536)
def _entry(word: str) -> str | None:
    return next((form for form in _forms(word) if form in _INDEX), None)


def _forms(word: str) -> Iterable[str]:
    """The word, and what it may be an inflection of."""
    yield word
    word = word.removesuffix("'s")
    yield word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word.removesuffix(ending)
            yield stem + instead
            if stem[-1] == stem[-2] and not instead:
                yield stem[:-1]


_ENDINGS = (
    ("ies", "y"),
    ("ied", "y"),
    ("es", ""),
    ("s", ""),
    ("ed", ""),
    ("ed", "e"),
    ("d", ""),
    ("ing", ""),
    ("ing", "e"),
    ("ly", ""),
    ("er", ""),
    ("er", "e"),
    ("ness", ""),
)


def _index() -> dict[str, tuple[PlotTone, ...]]:
    words: dict[str, tuple[PlotTone, ...]] = {}
    for name in _TONES:
        for word in dict.fromkeys(LEXICON[name].split()):
            words[word] = (*words.get(word, ()), name)
    return words


_INDEX = _index()
