"""The detection of a changed site by the fields that vanish from its pages."""

from dataclasses import replace

from cinestream_etl.drift import DriftWatch
from cinestream_etl.stages.title import ParsedTitle, Person

WHOLE = ParsedTitle(
    "tt0000001", "movie", "A", year=1994, directors=(Person("D"),), stars=(Person("S"),), genres=("Drama",), plot="P"
)


def _after(*titles: ParsedTitle) -> list[str]:
    watch = DriftWatch(10)
    for title in titles:
        watch.observe(title)
    return list(watch.reasons())


def test_a_field_that_vanishes_is_named() -> None:
    """A field is reported if nearly none of the last films has it."""
    without = replace(WHOLE, directors=())
    assert _after(*[WHOLE] * 10, *[without] * 9) == [
        "directors: in 1 of the last 10 films; the site may have changed its pages"
    ]


def test_a_few_films_without_a_field_are_no_alarm() -> None:
    """Some films have no plot yet, and a window that is not full reports nothing."""
    assert _after(*[WHOLE] * 5, *[replace(WHOLE, plot=None)] * 5) == []
    assert _after(*[replace(WHOLE, plot=None)] * 9) == []


def test_the_alarm_ends_with_the_drift() -> None:
    """Only the last films count."""
    assert _after(*[replace(WHOLE, year=None)] * 10, *[WHOLE] * 10) == []
