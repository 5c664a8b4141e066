"""The known names that are most like a value."""

import random
import time

import anyio
import pytest

from cinestream_stream_api.catalogue.directors import Directors
from cinestream_stream_api.catalogue.nearest import MAX_NEAREST, nearest, nearest_directors
from cinestream_stream_api.events.filters import Credit

NAMES = {
    "Christopher Nolan": 12,
    "Jonathan Nolan": 1,
    "Nolan Bushnell": 1,
    "Chloé Zhao": 4,
    "Agnès Varda": 9,
    "Bong Joon Ho": 7,
    "黒澤 明": 3,
}


@pytest.fixture
def directors() -> Directors:
    """Return directors with these numbers of films."""
    directors = Directors()
    for name, films in NAMES.items():
        for film in range(films):
            directors.add(f"{name} {film}", [Credit(name)])
    return directors


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Nolan", ["Christopher Nolan", "Jonathan Nolan", "Nolan Bushnell"]),
        ("Nolen", ["Christopher Nolan", "Jonathan Nolan"]),
        ("chris nolan", ["Christopher Nolan"]),
        ("Nolan, Christopher", ["Christopher Nolan"]),
        ("Cristofer Nolan", ["Christopher Nolan"]),
        ("ZHÁO", ["Chloé Zhao"]),
        ("Bong Joon-hoo", ["Bong Joon Ho"]),
        ("黒澤", ["黒澤 明"]),
        ("Quentin Tarantino", []),
        ("???", []),
        ("", []),
    ],
)
def test_a_part_of_a_name_and_a_misspelt_name_find_it(directors: Directors, typed: str, found: list[str]) -> None:
    """The last name comes first, then other words, then names that are spelled alike. Most films come first."""
    assert anyio.run(nearest_directors, typed, directors) == found


@pytest.mark.parametrize("typed", ["a" * 1000, "john " * 200, "jo" * 500, "j"])
def test_the_work_is_bounded(typed: str) -> None:
    """The longest value takes a moment among 20,000 names, and finds at most five."""
    letters = random.Random(1)
    known = {f"john {''.join(letters.choices('abcdefghij', k=9))}": number for number in range(20_000)}
    start = time.process_time()
    found = anyio.run(nearest, typed, known, known.__getitem__)
    # It takes about 15 ms. The limit is higher for slow machines, and lower than for unbounded values.
    assert time.process_time() - start < 1
    assert len(found) <= MAX_NEAREST
