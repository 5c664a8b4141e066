"""Real modern pages: every field is what the page shows."""

import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from selectolax.lexbor import LexborHTMLParser
from tests.etl.conftest import PAGE_TIME, movie_of
from tests.etl.real_pages import EXPECTED

from cinestream.contracts import Invalid, Movie, PlotTone
from cinestream_etl.stages.page import TitlePage, read_page

MODERN = "next_title_20*/*.html"


def _read(page: Path) -> TitlePage:
    html = page.read_bytes()
    return read_page(html, requested=page.name.partition("_")[0], page_time=PAGE_TIME)


def _films(samples: Path) -> list[tuple[Path, TitlePage]]:
    read = [(page, _read(page)) for page in sorted((samples / "imdb-pages").glob(MODERN))]
    return [(page, film) for page, film in read if film.is_film]


@pytest.mark.parametrize("name", EXPECTED)
def test_every_field_is_what_the_page_shows(samples: Path, name: str) -> None:
    """Each field of the contract equals the value that a person read from the page."""
    film = _read(samples / "imdb-pages" / name)
    assert film.is_film
    shown = movie_of(film).model_dump(mode="json")
    expected: dict[str, Any] = EXPECTED[name]
    assert {field: shown[field] for field in expected if field not in ("plot", "recommendations")} == {
        field: value for field, value in expected.items() if field not in ("plot", "recommendations")
    }
    first, last = expected["plot"] or (None, None)
    assert shown["plot"] is None if first is None else shown["plot"].startswith(first)
    assert shown["plot"] is None if last is None else shown["plot"].endswith(last)
    assert [other["id"] for other in shown["recommendations"]] == expected["recommendations"].split()
    stats = {"total_movies": 1, "average_rating": expected["rating"]} if expected["director"] else None
    assert shown["director_stats"] == stats
    assert set(list(shown)[:15]) == {"id", "director_stats", "sentiment_analysis", *expected}


def test_all_modern_films_agree_with_what_their_html_shows(samples: Path) -> None:
    """Title, rating, credits and "More like this" equal the visible elements, which the parser did not use."""
    films = _films(samples)
    assert len(films) >= 29
    for page, film in films:
        movie, html = movie_of(film), LexborHTMLParser(page.read_bytes())
        texts = {sel: [" ".join(node.text().split()) for node in html.css(sel)] for sel in SHOWN.values()}
        assert texts[SHOWN["title"]][:1] == [movie.title], page.name
        assert [float(t.split("/")[0]) for t in texts[SHOWN["rating"]][:1]] == [r for r in [movie.rating] if r], (
            page.name
        )
        if texts[SHOWN["more"]]:
            assert texts[SHOWN["more"]] == [other.title for other in movie.recommendations], page.name
        for label, names in (("Director", movie.director), ("Writer", movie.writers), ("Star", movie.stars)):
            assert _credits(html, label) == names, page.name


SHOWN = {
    "title": "h1",
    "rating": "[data-testid=hero-rating-bar__aggregate-rating__score]",
    "more": "[data-testid=MoreLikeThis] .ipc-poster-card__title",
}


def _credits(html: LexborHTMLParser, label: str) -> list[str]:
    for group in html.css("[data-testid=title-pc-principal-credit]"):
        head = group.css_first(".ipc-metadata-list-item__label")
        if head and head.text().startswith(label):
            return [a.text() for a in group.css("a.ipc-metadata-list-item__list-content-item--link")]
    return []


def test_every_modern_film_keeps_the_contract(samples: Path) -> None:
    """The message is one line of JSON with the contract's fields in their order, and it can be decoded."""
    for page, film in _films(samples):
        movie = movie_of(film)
        envelope = movie.encode(page_time=film.page_time)
        assert b"\n" not in envelope.body
        assert list(orjson.loads(envelope.body)) == list(Movie.model_fields), page.name
        assert Movie.decode(envelope) == movie
        assert (movie.plot is None) <= (movie.sentiment_analysis.plot_tone is PlotTone.NEUTRAL)
        assert (movie.plot is None) <= (movie.sentiment_analysis.keyword_score == 0)
        assert not re.search(r"&\w+;|[\u200b-\u200f]|\s{2}|\(screenplay\)", envelope.body.decode()), page.name


def test_a_series_is_filtered(samples: Path) -> None:
    """The page of a series is not a film, whatever else its data holds."""
    (page,) = (samples / "imdb-pages").glob("next_title_2021_22/tt1486217*")
    read = _read(page)
    assert (read.id, read.kind, read.is_film) == ("tt1486217", "tvSeries", False)


def test_pages_of_other_kinds_are_invalid(samples: Path) -> None:
    """Charts, people, searches and sub-pages are never taken for a film."""
    others = [p for p in (samples / "imdb-pages").glob("next_*/*.html") if not p.match(MODERN)]
    assert len(others) >= 10
    for page in others:
        with pytest.raises(Invalid):
            read_page(page.read_bytes(), requested=None, page_time=PAGE_TIME)


@pytest.mark.parametrize(
    ("name", "title", "directors", "writers", "stars"),
    [
        ("imdbinfo_sample_resource.json", "Matrix", 2, 2, 3),
        ("imdbinfo_ref_tt0111161.json", "Le ali della libertà", 1, 0, 3),
    ],
)
def test_documents_of_the_reference_view(
    samples: Path, name: str, title: str, directors: int, writers: int, stars: int
) -> None:
    """Data of 2025, with moved facts and renamed groups of credits, still gives the localised film."""
    document = (samples / "imdb-pages/json" / name).read_bytes().replace(b"</", b"<\\/")
    film = read_page(b'<script id="__NEXT_DATA__">%b</script>' % document, requested=None, page_time=PAGE_TIME)
    assert film.is_film
    movie = movie_of(film)
    assert movie.title == title
    assert (len(movie.director), len(movie.writers), len(movie.stars)) == (directors, writers, stars)
    assert movie.genre
    assert movie.release_date
    assert film.title.interests
    assert film.title.keywords
