"""The tone of a plot: the words of our own lexicon, weighed by what its genres lead to expect. Pure.

A log-linear model, as naive Bayes is one: each tone scores what the genres lead to expect plus what its words weigh,
and the greatest score wins. `keyword_score` is the evidence of the words alone: 1 - 0.5 ** (sum of their weights / 2),
so a hint is 0.29, a strong word 0.5, a strong and a decisive one 0.82; if genres alone decide, it is 0.
"""

import re
from collections.abc import Callable, Iterable

from cinestream.contracts import PlotTone, SentimentAnalysis
from cinestream_etl.tone.genres import WORDS, prior
from cinestream_etl.tone.lexicon import WORD, Found, find

Hear = Callable[[str | None, Iterable[str]], SentimentAnalysis]
"""A way to hear the tone of a plot: the plot (absent: None or blank) and its genres in, the tone out."""

_NEUTRAL = PlotTone.NEUTRAL.value
NOTHING = SentimentAnalysis(plot_tone=PlotTone.NEUTRAL, keyword_score=0.0)


def tone(plot: str | None, genres: Iterable[str]) -> SentimentAnalysis:
    """The tone of a plot; Neutral with score 0 when there is no plot, or nothing in it and its genres tells.

    Neutral never has a score or keywords: there is no evidence of having no tone. The keywords are the words of the
    tone as they stand in the plot, in its order, each once.
    """
    if not plot or not WORD.search(plot):
        return NOTHING
    found = find(plot)
    return judge(plot, found, scores(found, genres))


def scores(found: list[Found], genres: Iterable[str]) -> dict[str, float]:
    """What speaks for each tone, in natural log-odds; empty if nothing is known."""
    expected, known = prior(genres)
    if not (known or found):
        return {}
    weighed = dict(expected)
    for term in found:
        for name, weight in term.term.weights.items():
            weighed[name] += WORDS[name] * weight
    return weighed


def judge(plot: str, found: list[Found], weighed: dict[str, float]) -> SentimentAnalysis:
    """The tone that most speaks for, with its evidence among the terms found in the plot."""
    best = max(weighed, key=weighed.__getitem__, default=_NEUTRAL)
    if best == _NEUTRAL:
        return NOTHING
    heard = [term for term in found if best in term.term.weights]
    evidence = sum(term.term.weights[best] for term in heard)
    return SentimentAnalysis(
        plot_tone=PlotTone(best),
        keyword_score=round(1 - 0.5 ** (evidence / 2), 2),
        keywords=[_as_it_stands(plot, term.said) for term in heard],
    )


def _as_it_stands(plot: str, words: list[str]) -> str:
    """The words with what is between them, which may be more than a space: "cat-and-mouse"."""
    text = " ".join(words)
    if len(words) > 1 and text not in plot:
        stands = re.search(r"[\W_]+".join(map(re.escape, words)), plot)
        text = stands[0] if stands else text
    return text.removesuffix("'s").removesuffix("’s")
