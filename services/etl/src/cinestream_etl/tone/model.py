"""The lexicon model: it classifies the tone of a plot from the words of our own lexicon and from its genres. Pure.

The model is log-linear, like naive Bayes. The score of a tone is the expectation from the genres plus the weights of
its words, and the greatest score wins. `keyword_score` is the evidence of the words alone: `1 - 0.5 ** (w / 2)`, where
`w` is the sum of their weights. So a hint gives 0.29, a strong word 0.5, a strong and a decisive word 0.82, and genres
alone give 0.
"""

from collections.abc import Callable, Iterable

from cinestream.contracts import PlotTone, SentimentAnalysis
from cinestream_etl.tone.genres import WORDS, prior
from cinestream_etl.tone.lexicon import WORD, TermMatch, find_terms

ToneModel = Callable[[str | None, Iterable[str]], SentimentAnalysis]
"""A function that classifies a plot: it takes the plot (None or blank if absent) and the genres of the film."""

_NEUTRAL_NAME = PlotTone.NEUTRAL.value
NEUTRAL = SentimentAnalysis(plot_tone=PlotTone.NEUTRAL, keyword_score=0.0)


def classify_tone(plot: str | None, genres: Iterable[str]) -> SentimentAnalysis:
    """Return the tone of a plot with its evidence.

    The keywords are the words that are evidence of the tone, as they are written in the plot and in its order, each
    once. The tone is Neutral if there is no plot, or if neither its words nor its genres are known. Neutral never has a
    score or keywords, because nothing can be evidence of having no tone.
    """
    if not plot or not WORD.search(plot):
        return NEUTRAL
    matches = find_terms(plot)
    return decide(plot, matches, scores(matches, genres))


def scores(matches: list[TermMatch], genres: Iterable[str]) -> dict[str, float]:
    """Return the score of each tone, by its name, in natural log-odds. Empty if no word and no genre is known."""
    expected, known = prior(genres)
    if not (known or matches):
        return {}
    weighed = dict(expected)
    for match in matches:
        for name, weight in match.term.weights.items():
            weighed[name] += WORDS[name] * weight
    return weighed


def decide(plot: str, matches: list[TermMatch], scores: dict[str, float]) -> SentimentAnalysis:
    """Return the tone with the greatest score, with its evidence among the matches in the plot."""
    winner = max(scores, key=scores.__getitem__, default=_NEUTRAL_NAME)
    if winner == _NEUTRAL_NAME:
        return NEUTRAL
    evidence = [match for match in matches if winner in match.term.weights]
    weight = sum(match.term.weights[winner] for match in evidence)
    return SentimentAnalysis(
        plot_tone=PlotTone(winner),
        keyword_score=round(1 - 0.5 ** (weight / 2), 2),
        keywords=[_as_written(plot, match.surface) for match in evidence],
    )


def _as_written(plot: str, words: list[str]) -> str:
    """Return the words with the text between them, which may be more than a space: "cat-and-mouse"."""
    text = " ".join(words)
    if len(words) > 1 and text not in plot:
        found = [*WORD.finditer(plot)]
        for at, first in enumerate(found):
            behind = found[at : at + len(words)] if first[0] == words[0] else []
            if [word[0] for word in behind] == words:
                return _without_possessive(plot[first.start() : behind[-1].end()])
    return _without_possessive(text)


def _without_possessive(text: str) -> str:
    return text.removesuffix("'s").removesuffix("’s")
