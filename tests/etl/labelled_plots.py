"""Plots that a reader has labelled with tones (tests/etl/tones), and the agreement of a tone model with the labels."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from cinestream_etl.tone.model import ToneModel

FOLDER = Path(__file__).parent / "tones"
CATALOGUE = Path(__file__).parents[2] / "demo/src/cinestream_demo/films/data/catalogue.json"
_DATA = re.compile(rb'<script id="__NEXT_DATA__"[^<>]*>((?:[^<]|<(?!/?script))*+)</script')
_LOCALISED = "Pel_culas"


@dataclass(frozen=True)
class Labelled:
    """A plot, its genres, the tone that fits best, and the other tones that a reader accepts."""

    plot: str
    genres: tuple[str, ...]
    tone: str
    also: tuple[str, ...]


@dataclass(frozen=True)
class Agreement:
    """The agreement of a tone model with the labels.

    `strict` is the share of plots classified as the tone that fits best, and `lenient` as any accepted tone.
    `confusion` counts the pairs of label and classified tone.
    """

    strict: float
    lenient: float
    confusion: Counter[tuple[str, str]]


def agreement(plots: Iterable[Labelled], tone_model: ToneModel) -> Agreement:
    """Return the agreement of a tone model with the labels of these plots, of which there is at least one."""
    tones = [(plot, tone_model(plot.plot, plot.genres).plot_tone.value) for plot in plots]
    strict = sum(tone == plot.tone for plot, tone in tones)
    lenient = sum(tone == plot.tone or tone in plot.also for plot, tone in tones)
    return Agreement(strict / len(tones), lenient / len(tones), Counter((plot.tone, tone) for plot, tone in tones))


def written(name: str) -> list[Labelled]:
    """Return the plots written for this project from the file `development` or `heldout`."""
    lines = [orjson.loads(line) for line in (FOLDER / f"{name}.jsonl").read_bytes().splitlines()]
    return [Labelled(line["plot"], tuple(line["genres"]), line["tone"], tuple(line["also"])) for line in lines]


def of_catalogue() -> list[Labelled]:
    """Return the plots of the demo's catalogue."""
    films = map(orjson.loads, CATALOGUE.read_bytes().splitlines())
    return _joined("catalogue", {film["id"]: (film["plot"], tuple(film["genres"])) for film in films})


def of_pages(samples: Path, *, odd: bool) -> list[Labelled]:
    """Return the English plots on real pages, the first of each title, with odd or with even ids."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for page in sorted((samples / "imdb-pages").glob("**/*.html")):
        data = None if _LOCALISED in page.name else _DATA.search(page.read_bytes())
        for id, plot, genres in _titles(orjson.loads(data[1])) if data else ():
            found.setdefault(id, (plot, genres))
    return _joined("pages", {id: film for id, film in found.items() if (int(id[-1]) % 2 == 1) is odd})


def _joined(name: str, films: dict[str, tuple[str, tuple[str, ...]]]) -> list[Labelled]:
    labels = [line.split() for line in (FOLDER / f"{name}.txt").read_text().splitlines()]
    return [Labelled(*films[id], tone, tuple(also)) for id, tone, *also in labels if id in films]


def _titles(node: Any) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield every title in a page's data that has both a plot and genres, in order."""
    if isinstance(node, list):
        for item in node:
            yield from _titles(item)
    elif isinstance(node, dict):
        plot = ((node.get("plot") or {}).get("plotText") or {}).get("plainText") if _is_title(node) else None
        listed = (node.get("titleGenres") or node.get("genres") or {}) if plot else {}
        genres = tuple((entry.get("genre") or entry)["text"] for entry in listed.get("genres", ()))
        if plot and genres:
            yield node["id"], plot, genres
        for item in node.values():
            yield from _titles(item)


def _is_title(node: dict[str, Any]) -> bool:
    return str(node.get("id")).startswith("tt") and isinstance(node.get("plot"), dict)
