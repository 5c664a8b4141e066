"""Values of filters: accepted in any spelling, or refused with the fix."""

from dataclasses import replace
from typing import Any

import pytest

from cinestream.contracts import PlotTone
from cinestream.contracts.movie import FILM_KINDS
from cinestream_etl.stages.layouts.head import KINDS
from cinestream_etl.stages.title import is_film
from cinestream_stream_api.events.filter_values import parse_filter
from cinestream_stream_api.events.filters import EVERYTHING
from cinestream_stream_api.events.resume import BadQuery


@pytest.mark.parametrize(
    ("parameter", "text", "value"),
    [
        ("tone", "DARK", "dark"),
        ("decade", " 1990S ", "1990s"),
        ("id", "TT0111161", "tt0111161"),
        ("director", "NM0001104", "nm0001104"),
        ("director", "Robert Downey, Sr.", "robert downey sr"),
        ("genre", "Sci-Fi", "sci fi"),
        ("theme", "coming of age", "coming of age"),
        ("kind", "TV Movie", "tvmovie"),
        ("kind", "tvmovie", "tvmovie"),
    ],
)
def test_a_value_is_accepted_in_any_spelling(parameter: str, text: str, value: str) -> None:
    """Case, spaces and punctuation are ignored."""
    filter = parse_filter({parameter: [text]})
    assert getattr(filter, parameter) == {value}
    assert replace(filter, **dict[str, Any]({parameter: frozenset()})) == EVERYTHING


@pytest.mark.parametrize(
    ("parameter", "text", "fix"),
    [
        ("tone", "happy", f"Accepted: {', '.join(PlotTone)}"),
        ("tone", "hopefull", "Did you mean Hopeful?"),
        ("kind", "tvSeries", f"Accepted: {', '.join(FILM_KINDS)}"),
        ("kind", "film", "Accepted: movie"),
        ("decade", "90s", "Did you mean 1990s?"),
        ("decade", "'90s", "Did you mean 1990s?"),
        ("decade", "20s", "Did you mean 1920s or 2020s?"),
        ("decade", "10s", "Did you mean 2010s?"),
        ("decade", "1994", "Did you mean 1990s?"),
        ("decade", "nineties", "like 1990s"),
        ("decade", "١٩٩0s", "like 1990s"),
        ("id", "https://www.imdb.com/title/tt0111161/", "Did you mean tt0111161?"),
        ("id", "0111161", "Did you mean tt0111161?"),
        ("id", "111161", "Did you mean tt0111161?"),
        ("id", "tt111", "like tt0111161"),
        ("director", "https://www.imdb.com/name/nm0001104/?ref_=x", "Did you mean nm0001104?"),
        ("director", "nm1104", "like nm0001104"),
        ("director", "???", "letters or digits"),
        ("genre", "-", "letters or digits"),
        ("genre", "Drama,Crime", "genre=…&genre=…"),
        ("tone", "Dark,Tense", "tone=…&tone=…"),
    ],
)
def test_another_value_is_refused_with_the_fix(parameter: str, text: str, fix: str) -> None:
    """The reason has the accepted values, the correct form or an example."""
    with pytest.raises(BadQuery) as refused:
        parse_filter({parameter: [text]})
    assert refused.value.parameter == parameter
    assert fix in refused.value.reason


def test_blank_values_count_as_absent() -> None:
    """`?genre=` filters nothing."""
    assert parse_filter({"genre": ["", "  "], "id": None}) is EVERYTHING


def test_the_kinds_are_those_that_etl_publishes() -> None:
    """Each kind of film that a page can have is accepted."""
    assert {kind for _, kind in KINDS if is_film(kind)} | {"movie"} == set(FILM_KINDS)
