"""Fixtures of the tests of etl: pages made by hand, and a way to read them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from cinestream_etl.stages.film import Film, Filtered, read_page

FIXTURES = Path(__file__).parent / "fixtures"
PAGE_TIME = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """A page made by hand, and what must come of it."""

    name: str
    html: bytes
    expected: dict[str, Any]


def cases() -> list[Case]:
    """All of them: every folder with a page."""
    return [
        Case(
            str(page.parent.relative_to(FIXTURES)),
            page.read_bytes(),
            orjson.loads((page.parent / "expected.json").read_bytes()),
        )
        for page in sorted(FIXTURES.glob("*/*/page.html"))
    ]


def case(name: str) -> Case:
    """The one in the folder `<layout>/<case>`."""
    return next(case for case in cases() if case.name == name)


def read_film(html: bytes) -> Film:
    """The film of a page that is one."""
    film = read_page(html, requested=None, page_time=PAGE_TIME)
    assert not isinstance(film, Filtered)
    return film
