"""Pages made by hand for the tests of etl, and functions to read them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from cinestream.contracts import Movie
from cinestream_etl.stages.film import Film, complete_alone, describe
from cinestream_etl.stages.page import TitlePage, read_page
from cinestream_etl.tone.model import classify_tone

FIXTURES = Path(__file__).parent / "fixtures"
PAGE_TIME = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """A page made by hand and its expected result."""

    name: str
    html: bytes
    expected: dict[str, Any]


def cases() -> list[Case]:
    """Return a case for every folder with a page."""
    return [
        Case(
            str(page.parent.relative_to(FIXTURES)),
            page.read_bytes(),
            orjson.loads((page.parent / "expected.json").read_bytes()),
        )
        for page in sorted(FIXTURES.glob("*/*/page.html"))
    ]


def case(name: str) -> Case:
    """Return the case in the folder `<layout>/<case>`."""
    return next(case for case in cases() if case.name == name)


def read_film(html: bytes) -> Film:
    """Return the film of a page, which must be the page of a film."""
    page = read_page(html, requested=None, page_time=PAGE_TIME)
    assert page.is_film
    return describe(page, classify_tone)


def movie_of(page: TitlePage) -> Movie:
    """Return the movie of a page as if no other film were known."""
    return complete_alone(describe(page, classify_tone))
