"""Real pages of 2010 to 2026: the share of correct fields, and the old pages that are not films."""

import re
from pathlib import Path

import pytest
from tests.etl.accuracy import measure
from tests.etl.conftest import PAGE_TIME

from cinestream.contracts import Invalid
from cinestream_etl.stages.page import read_page

MIN_SHARES = {"modern": 1.0, "2015-2021": 0.97, "2011-2015": 0.93, "2010": 0.93}


@pytest.mark.parametrize("group", MIN_SHARES)
def test_fields_are_what_the_pages_show(samples: Path, group: str) -> None:
    """Every field of modern pages and nearly every field of older pages is correct. A wrong one is named."""
    found = measure(samples, group)
    assert found.total["title"]
    assert found.share >= MIN_SHARES[group], found.wrong


NEXT_DATA = re.compile(rb'<script[^<>]*id="__NEXT_DATA__"(?:[^<]|<(?!/?script))*+</script>')
ANY_DATA = re.compile(rb'<script[^<>]*(?:id="__NEXT_DATA__"|application/ld\+json)(?:[^<]|<(?!/?script))*+</script>')
SHOWN = ["title", "kind", "rating", "year", "release_date", "runtime_minutes", "certificate"]
SHOWN += ["director", "writers", "stars", "languages", "plot"]


@pytest.mark.parametrize(("cut", "fields"), [(ANY_DATA, SHOWN), (NEXT_DATA, [*SHOWN, "votes", "keywords"])])
def test_modern_pages_without_their_data_give_nearly_as_much(
    samples: Path, cut: re.Pattern[bytes], fields: list[str]
) -> None:
    """The fields then come from the description for search engines, and from the visible elements."""
    found = measure(samples, "modern", without=cut)
    wrong = [miss for miss in found.wrong if miss[1] in fields]
    assert not wrong


def test_series_and_episodes_are_filtered(samples: Path) -> None:
    """Series and episodes are recognised in every layout."""
    kinds = {}
    for page in sorted((samples / "imdb-pages").glob("legacy_title_20*/tt*.html")):
        read = read_page(page.read_bytes(), requested=None, page_time=PAGE_TIME)
        if not read.is_film:
            kinds[read.id] = read.kind
    assert kinds == {"tt0149460": "tvSeries", "tt0898266": "tvSeries", "tt0959621": "tvEpisode"}


def test_other_pages_of_that_time_are_invalid(samples: Path) -> None:
    """Charts, searches and parts of titles are not taken for films."""
    pages = (samples / "imdb-pages").glob("legacy_*/*.html")
    others = [page for page in pages if page.parent.name in ("legacy_chart", "legacy_search_title", "legacy_title_sub")]
    assert len(others) >= 4
    for page in others:
        with pytest.raises(Invalid):
            read_page(page.read_bytes(), requested=None, page_time=PAGE_TIME)
