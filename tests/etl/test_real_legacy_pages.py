"""Real pages of 2010 to 2021: how many of the fields are what the page shows."""

from pathlib import Path
from typing import Any

import pytest
from tests.etl.conftest import PAGE_TIME
from tests.etl.real_legacy_pages import EXPECTED

from cinestream.contracts import Invalid, Movie
from cinestream_etl.pipeline import Film, Filtered, only_film, read_page

LEAST = {"legacy_title_2015_2021": 0.97, "legacy_title_2011_2015": 0.93, "legacy_tn15": 0.93}


def _shown(movie: Movie) -> dict[str, Any]:
    words = (movie.plot or "").split()
    ids = [other.id for other in movie.recommendations]
    return movie.model_dump(mode="json") | {
        "plot": [" ".join(words[:2]), " ".join(words[-2:])],
        "keywords": [movie.keywords[0], movie.keywords[-1]] if movie.keywords else [],
        "neighbours": [ids[0] if ids else None, len(ids)],
    }


@pytest.mark.parametrize("layout", LEAST)
def test_fields_are_what_the_pages_show(samples: Path, layout: str) -> None:
    """Nearly every field of the pages of a layout is right, and a wrong one is named."""
    wrong, total = [], 0
    for name, expected in EXPECTED.items():
        if name.startswith(f"{layout}/"):
            page = samples / "imdb-pages" / name
            film = read_page(page.read_bytes(), requested=page.name.partition("_")[0], page_time=PAGE_TIME)
            assert isinstance(film, Film)
            shown = _shown(only_film(film))
            total += len(expected)
            wrong += [(name, field, shown[field]) for field in expected if shown[field] != expected[field]]
    assert total
    assert len(wrong) <= (1 - LEAST[layout]) * total, wrong


def test_series_and_episodes_are_filtered(samples: Path) -> None:
    """What is no film is told from films in every layout."""
    kinds = {}
    for page in sorted((samples / "imdb-pages").glob("legacy_title_20*/tt*.html")):
        read = read_page(page.read_bytes(), requested=None, page_time=PAGE_TIME)
        if isinstance(read, Filtered):
            kinds[read.id] = read.kind
    assert kinds == {"tt0149460": "tvSeries", "tt0898266": "tvSeries", "tt0959621": "tvEpisode"}


def test_other_pages_of_that_time_are_invalid(samples: Path) -> None:
    """Charts, searches and parts of titles are not taken for films."""
    others = [page for page in (samples / "imdb-pages").glob("legacy_*/*.html") if page.parent.name not in LEAST]
    assert len(others) >= 4
    for page in others:
        with pytest.raises(Invalid):
            read_page(page.read_bytes(), requested=None, page_time=PAGE_TIME)
