"""Every page in `fixtures/`, and the choice of a layout for each field."""

import pytest
from tests.etl.conftest import PAGE_TIME, Case, case, cases, movie_of, read_film

from cinestream.contracts import Invalid
from cinestream_etl.stages.page import read_page
from cinestream_etl.stages.parse import Disagreement, parse


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_page_becomes_what_its_folder_says(case: Case) -> None:
    """A page becomes the movie, the filtered kind or the error that its folder expects."""
    requested = case.expected.get("requested")
    if reason := case.expected.get("invalid"):
        with pytest.raises(Invalid) as caught:
            read_page(case.html, requested=requested, page_time=PAGE_TIME)
        assert reason in str(caught.value)
        return
    read = read_page(case.html, requested=requested, page_time=PAGE_TIME)
    if not read.is_film:
        assert {"filtered": read.kind} == case.expected
    else:
        shown = movie_of(read).model_dump(mode="json")
        for movie in (shown, case.expected["movie"]):  # test_tone.py covers the tone
            movie.pop("sentiment_analysis", None)
        assert shown == case.expected["movie"]


def test_the_layout_of_each_field_is_known() -> None:
    """Each field that has a value has a source."""
    film = read_film(case("next_data/localised_film").html).page
    assert set(film.sources.values()) == {"next_data"}
    assert "tagline" not in film.sources


def test_a_field_comes_from_the_first_layout_that_has_it() -> None:
    """A field that the first layout lacks is taken from the second."""
    parsed = parse(case("next_data/two_titles_2021").html)
    assert parsed.title.keywords == ("lighthouse", "heist")
    assert parsed.sources["keywords"] == "ld_json"
    assert parsed.sources["plot"] == "next_data"


def test_a_layout_that_describes_another_title_is_not_used() -> None:
    """Facts of two titles are never mixed in one film."""
    html = case("next_data/unreleased").html.replace(b'"url":"/title/tt9000010/"', b'"url":"/title/tt9000011/"')
    html = html.replace(b'"name":', b'"description":"Of another film.","name":')
    assert parse(html).title.plot == "Add a plot in your language"


def test_layouts_that_disagree_are_known() -> None:
    """The layout with precedence is believed. A weak field is no disagreement."""
    parsed = parse(case("ld_json/tv_movie_beside_elements").html)
    assert (parsed.title.rating, parsed.title.certificate) == (6.6, "B15")
    assert parsed.disagreements == (Disagreement("rating", "ld_json", "data_testid"),)


def test_a_field_that_a_page_loads_late_is_found() -> None:
    """A tagline that only the elements have is taken from them, and nothing else."""
    shown = b'<h1 data-testid="hero__pageTitle">Saltwater</h1><link rel="canonical" href="/title/tt9000010/">'
    late = b'<li data-testid="storyline-taglines"><a>Tagline</a><ul><li>It is late.</li></ul></li>'
    parsed = parse(case("next_data/unreleased").html + shown + late)
    assert parsed.title.tagline == "It is late."
    assert [field for field, layout in parsed.sources.items() if layout == "data_testid"] == ["tagline"]


_ABOVE = b'{"id":"tt9000001","titleText":{"text":"A"},"titleType":{"id":"movie"}}'
_NODES = b'"tconst":"tt9000001","aboveTheFoldData":' + _ABOVE
_MAIN = b'"mainColumnData":{"id":"tt9000001","runtime":{"seconds":6000}}'
_LOCALE = b'"requestContext":{"sidecar":{"localizationResponse":{"userLanguage":"de-DE"}}}'
_TEXTS = b'"translationContext":{"i18n":{"a":"b"}}'


@pytest.mark.parametrize(
    "parts",
    [
        (_NODES, _MAIN, _LOCALE, _TEXTS),
        (_NODES, _MAIN, _TEXTS, _LOCALE),
        (_NODES, _TEXTS, _MAIN, _LOCALE),
        (_LOCALE, _TEXTS, _NODES, _MAIN),
        (_NODES, _MAIN, _LOCALE, _TEXTS[:-9]),
    ],
    ids=["usual", "locale behind", "half behind", "all behind", "cut off"],
)
def test_the_sites_own_texts_hide_nothing(parts: tuple[bytes, ...]) -> None:
    """The title is complete wherever the site's texts are in the data, and also if they are truncated."""
    parsed = parse(b'<script id="__NEXT_DATA__">{"props":{"pageProps":{%b}}}</script>' % b",".join(parts))
    assert (parsed.title.title, parsed.title.runtime_minutes, parsed.title.locale) == ("A", 100, "de-DE")


def test_zero_is_an_absent_value() -> None:
    """A field that is 0 in the data has no value, and the film is valid."""
    zeros = b'"releaseYear":{"year":0},"releaseDate":{"year":1999,"month":0,"day":0},"runtime":{"seconds":0},'
    ratings = b'"ratingsSummary":{"aggregateRating":0,"voteCount":null},'
    above = _ABOVE.replace(b'"titleText"', zeros + ratings + b'"titleText"')
    data = b'{"props":{"pageProps":{"tconst":"tt9000001","aboveTheFoldData":%b}}}' % above
    title = read_film(b'<script id="__NEXT_DATA__">%b</script>' % data).page.title
    assert (title.year, title.release_date, title.runtime_minutes, title.rating) == (None, "1999", None, None)


@pytest.mark.parametrize(
    "html",
    [
        b"",
        b"<html></html>",
        b'<script id="__NEXT_DATA__">',
        b'<script id="__NEXT_DATA__">{"props": </script>',
        b"\xff" * 99,
    ],
)
def test_a_page_without_a_title_is_invalid(html: bytes) -> None:
    """The error names the layouts that were searched."""
    with pytest.raises(Invalid, match="no layout of a title page"):
        parse(html)
