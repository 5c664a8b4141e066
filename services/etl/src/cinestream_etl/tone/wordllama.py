"""The optional model (extra `tone`): WordLlama's vector of a plot in addition to its words and genres.

WordLlama (MIT) averages word vectors. Its wheel contains them, so nothing is downloaded. `wordllama.txt` holds what a
vector adds to the score of each tone. `keyword_score` and `keywords` are those of the lexicon for the tone that wins.
"""

import math
from collections.abc import Callable, Iterable
from importlib.resources import files
from importlib.util import find_spec
from operator import mul
from pathlib import Path

from cinestream.contracts import PlotTone, SentimentAnalysis
from cinestream_etl.tone.lexicon import WORD, find_terms
from cinestream_etl.tone.model import NEUTRAL, ToneModel, decide, scores

Vector = list[float]


def is_installed() -> bool:
    """Return True if the extra `tone` is installed."""
    return find_spec("wordllama") is not None


def load_wordllama_model() -> ToneModel:
    """Load the vectors (some 16 MB) and return the model.

    Raises:
        ImportError: the extra `tone` is not installed.
    """
    embed, coefficients = _load_embedding(), _load_coefficients()

    def classify(plot: str | None, genres: Iterable[str]) -> SentimentAnalysis:
        if not plot or not WORD.search(plot):
            return NEUTRAL
        matches, vector = find_terms(plot), embed(plot)
        base = scores(matches, genres)
        return decide(plot, matches, {name: score + _sum(vector, coefficients[name]) for name, score in base.items()})

    return classify


def _sum(vector: Vector, column: Vector) -> float:
    return math.fsum((column[0], *map(mul, vector, column[1:])))


def _load_embedding() -> Callable[[str], Vector]:
    import wordllama

    # WordLlama calls this argument a cache. The package's own folder holds both weights and tokenizer, so that nothing
    # is downloaded.
    folder = Path(wordllama.__file__).parent
    model = wordllama.WordLlama.load("l2_supercat", cache_dir=folder, dim=256, disable_download=True)

    def embed(text: str) -> Vector:
        vector: Vector = model.embed([text], norm=True)[0].tolist()
        return vector

    return embed


def _load_coefficients() -> dict[str, Vector]:
    """Return for each tone a constant, and then the coefficient of each number of the vector."""
    text = files("cinestream_etl.tone").joinpath("wordllama.txt").read_text("utf-8")
    head, *rows = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    columns = zip(*([float(number) for number in row] for row in rows), strict=True)
    return dict(zip((PlotTone(name).value for name in head), map(list, columns), strict=True))
