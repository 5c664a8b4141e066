"""The share of correct fields on real pages. `python -m tests.etl.accuracy` prints a table by field.

A person read the expected values in `real_pages.json` from the visible text of each page. Values that a page loads late
come from its description for search engines. There is one exception. For pages before 2016 this parser supplied the
ends of the plots, and the taglines of three pages, and a person compared them with the page.

Plots and taglines are given by their first and last words, posters by the picture's id, and recommendations by ids. So
nothing of the pages is copied here.
"""

import os
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from tests.etl.conftest import PAGE_TIME, movie_of

from cinestream_etl.stages.page import read_page

EXPECTED: dict[str, dict[str, Any]] = orjson.loads((Path(__file__).parent / "real_pages.json").read_bytes())
GROUPS = {
    "modern": "next_title_",
    "2015-2021": "legacy_title_2015_2021/",
    "2011-2015": "legacy_title_2011_2015/",
    "2010": "legacy_tn15/",
}


@dataclass
class Accuracy:
    """The number of values and of correct values by field, and each wrong one: (page, field, value, expected value)."""

    total: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, str, Any, Any]] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The share of correct values, from 0 to 1."""
        return self.right.total() / self.total.total()


def measure(samples: Path, group: str, *, without: re.Pattern[bytes] | None = None) -> Accuracy:
    """Read every page of a group and compare each field with the expected value.

    Args:
        samples: the folder of real material.
        group: a key of `GROUPS`.
        without: a part of each page to remove before it is read.
    """
    found = Accuracy()
    for name, expected in EXPECTED.items():
        if name.startswith(GROUPS[group]):
            page = samples / "imdb-pages" / name
            html = without.sub(b"", page.read_bytes()) if without else page.read_bytes()
            read = read_page(html, requested=page.name.partition("_")[0], page_time=PAGE_TIME)
            shown = _shown(movie_of(read).model_dump(mode="json")) if read.is_film else {}
            for column, value in expected.items():
                found.total[column] += 1
                found.right[column] += shown.get(column, ...) == value
                if shown.get(column, ...) != value:
                    found.wrong.append((name, column, shown.get(column), value))
    return found


def _shown(movie: Mapping[str, Any]) -> dict[str, Any]:
    picture = re.search(r"MV5[\w@]+", movie["poster"] or "")
    return {
        **movie,
        "plot": _ends(movie["plot"]),
        "tagline": _ends(movie["tagline"]),
        "poster": picture and picture[0],
        "recommendations": [film["id"] for film in movie["recommendations"]],
    }


def _ends(text: str | None) -> list[str] | None:
    words = (text or "").split()
    return [" ".join(words[:3]), " ".join(words[-3:])] if words else None


def table(samples: Path) -> str:
    """Return a table of correct values, by field and group of layouts."""
    measured = {group: measure(samples, group) for group in GROUPS}
    columns = next(iter(EXPECTED.values()))
    lines = [f"{'field':<17}" + "".join(f"{group:>12}" for group in GROUPS)]
    for column in columns:
        cells = [f"{m.right[column]}/{m.total[column]}" if m.total[column] else "-" for m in measured.values()]
        lines.append(f"{column:<17}" + "".join(f"{cell:>12}" for cell in cells))
    lines.append(f"{'all':<17}" + "".join(f"{m.share:>12.2%}" for m in measured.values()))
    return "\n".join(lines)


if __name__ == "__main__":
    root = Path(__file__).resolve().parents[2]
    print(table(Path(os.environ.get("CINESTREAM_SAMPLES", root.parent / "shared"))))  # noqa: T201
