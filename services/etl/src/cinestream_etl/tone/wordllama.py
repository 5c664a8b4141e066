"""The optional model (extra `tone`): WordLlama's vector of a plot besides its words and genres.

WordLlama (MIT) averages word vectors that its wheel brings along: no download, no network. `wordllama.txt` says what a
vector adds to each tone. The score and the keywords are those of the lexicon's words for the tone that wins.
"""

import math
from collections.abc import Callable, Iterable
from importlib.resources import files
from importlib.util import find_spec
from operator import mul
from pathlib import Path

from cinestream.contracts import PlotTone, SentimentAnalysis
from cinestream_etl.tone.lexicon import WORD, find
from cinestream_etl.tone.model import NOTHING, Hear, judge, scores

Vector = list[float]


def installed() -> bool:
    """Whether the extra is there."""
    return find_spec("wordllama") is not None


def wordllama_tone() -> Hear:
    """Load the vectors (some 16 MB), and give the way to hear tones with them.

    Raises:
        ImportError: the extra `tone` is not installed.
    """
    embed, added = _embedding(), _added()

    def hear(plot: str | None, genres: Iterable[str]) -> SentimentAnalysis:
        if not plot or not WORD.search(plot):
            return NOTHING
        found, vector = find(plot), embed(plot)
        weighed = scores(found, genres)
        return judge(plot, found, {name: score + _sum(vector, added[name]) for name, score in weighed.items()})

    return hear


def _sum(vector: Vector, column: Vector) -> float:
    return math.fsum((column[0], *map(mul, vector, column[1:])))


def _embedding() -> Callable[[str], Vector]:
    import wordllama

    # Said to be a cache, the package's own folder is where both weights and tokenizer are found without a download.
    folder = Path(wordllama.__file__).parent
    model = wordllama.WordLlama.load("l2_supercat", cache_dir=folder, dim=256, disable_download=True)

    def embed(text: str) -> Vector:
        vector: Vector = model.embed([text], norm=True)[0].tolist()
        return vector

    return embed


def _added() -> dict[str, Vector]:
    """For each tone what is added always, then what each number of the vector counts."""
    text = files("cinestream_etl.tone").joinpath("wordllama.txt").read_text("utf-8")
    head, *rows = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    columns = zip(*([float(number) for number in row] for row in rows), strict=True)
    return dict(zip((PlotTone(name).value for name in head), map(list, columns), strict=True))
