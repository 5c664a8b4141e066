"""The command `make bench-tone`: measure how often human labels agree with the tone models, and plots per second.

The real plots are those on the pages in `$CINESTREAM_SAMPLES` (default: `../shared`).
Without these pages, or without WordLlama (the extra `tone`), their rows are left out.
"""

import os
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.etl.labelled_plots import Labelled, agreement, of_catalogue, of_pages, written

from cinestream.contracts import PlotTone, SentimentAnalysis
from cinestream_etl.tone.model import ToneModel, classify_tone, scores
from cinestream_etl.tone.wordllama import is_installed, load_wordllama_model

ROUNDS = 20
SECONDS = 0.2


def genres_alone(_: str | None, genres: Iterable[str]) -> SentimentAnalysis:
    """Return the tone that the genres alone suggest. The plot is not read."""
    expected = scores([], genres)
    best = max(expected, key=expected.__getitem__, default=PlotTone.NEUTRAL.value)
    return SentimentAnalysis(plot_tone=PlotTone(best), keyword_score=0.0)


def sets() -> dict[str, list[Labelled]]:
    """Return the sets of labelled plots: first the sets used in development, then those that are only measured."""
    samples = Path(os.environ.get("CINESTREAM_SAMPLES", Path(__file__).resolve().parents[3] / "shared"))
    pages = {f"pages, {name}": of_pages(samples, odd=name == "held out") for name in ("development", "held out")}
    made = {"written, development": written("development"), "catalogue, development": of_catalogue()}
    made |= {"written, held out": written("heldout")} | pages
    return {name: plots for name, plots in made.items() if plots}


def plots_per_second(plots: list[Labelled], tone_model: ToneModel) -> list[float]:
    """Return the plots classified per second of CPU time, of each round, in ascending order."""
    rates = []
    for _ in range(ROUNDS):
        classified, started = 0, time.process_time()
        while (spent := time.process_time() - started) < SECONDS:
            for plot in plots:
                tone_model(plot.plot, plot.genres)
            classified += len(plots)
        rates.append(classified / spent)
    return sorted(rates)


def confusion(counts: Counter[tuple[str, str]]) -> str:
    """Format the confusion matrix: a row per label, a column per classified tone."""
    head = " " * 14 + "".join(f"{tone.value[:6]:>8}" for tone in PlotTone)
    rows = [f"{row.value:<14}" + "".join(f"{counts[row, tone] or '.':>8}" for tone in PlotTone) for row in PlotTone]
    return "\n".join([head, *rows])


def main() -> None:
    """Run the command line."""
    measured, held_out = sets(), Counter[tuple[str, str]]()
    models: dict[str, ToneModel] = {"genres alone": genres_alone, "lexicon": classify_tone}
    models |= {"wordllama": load_wordllama_model()} if is_installed() else {}
    print(f"{'strict / lenient agreement':<28}{'plots':>6}" + "".join(f"{model:>18}" for model in models))
    for name, plots in measured.items():
        found = {model: agreement(plots, tone_model) for model, tone_model in models.items()}
        cells = "".join(f"{f'{each.strict:.1%} / {each.lenient:.1%}':>18}" for each in found.values())
        print(f"{name:<28}{len(plots):>6}{cells}")
        held_out += found["lexicon"].confusion if "held out" in name else Counter()
    print(f"\nheld out, label by classified tone (lexicon)\n{confusion(held_out)}\n")
    every = [plot for plots in measured.values() for plot in plots]
    for model, tone_model in models.items():
        rates = plots_per_second(every, tone_model)
        print(f"{model:<16}{rates[-1]:>10,.0f} plots/s of one core, median {rates[len(rates) // 2]:,.0f}")


if __name__ == "__main__":
    main()
