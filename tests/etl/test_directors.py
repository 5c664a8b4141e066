"""The record of a director, which is right in whatever order pages arrive, and however often."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinestream.contracts import DirectorStats, Envelope, Invalid
from cinestream.contracts.director import director_key
from cinestream_etl.directors import Contribution, DirectorRecord

T0 = datetime(2026, 1, 1, tzinfo=UTC)
PAGES = st.lists(
    st.tuples(
        st.sampled_from(["tt0000001", "tt0000002", "tt0000003"]), st.integers(0, 20), st.floats(1, 10) | st.none()
    ),
    unique_by=lambda page: page[:2],
)


def _at(minutes: int, rating: float | None) -> Contribution:
    return Contribution(rating, T0 + timedelta(minutes=minutes), f"rating {rating}")


@given(PAGES, st.randoms())
def test_the_order_of_pages_does_not_matter(pages: list[tuple[str, int, float | None]], random: object) -> None:
    """Shuffled and repeated pages leave the newest page of each film."""
    newest = {id: _at(minute, rating) for id, minute, rating in sorted(pages, key=lambda page: page[1])}
    shuffled = pages * 2
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    record = DirectorRecord({})
    for id, minute, rating in shuffled:
        record = record.with_film(id, _at(minute, rating))
    assert record.films == newest
    assert DirectorRecord.decode(record.encode()) == record


def test_a_repetition_changes_nothing() -> None:
    """A page that is already counted, or is older, gives the same object, so that nothing is written."""
    record = DirectorRecord({}).with_film("tt0000001", _at(5, 7.0))
    assert record.with_film("tt0000001", _at(5, 7.0)) is record
    assert record.with_film("tt0000001", _at(4, 9.0)) is record
    assert record.without_film("tt0000002", page_time=T0) is record
    assert record.contains("tt0000001", "rating 7.0")
    assert not record.contains("tt0000001", "rating 9.0")
    assert not record.contains("tt0000002", "rating 7.0")


def test_an_older_page_does_not_remove_a_film() -> None:
    """A film that a newer page added stays, and a film that an older page added is removed."""
    record = DirectorRecord({}).with_film("tt0000001", _at(5, 7.0))
    assert record.without_film("tt0000001", page_time=T0 + timedelta(minutes=4)) is record
    assert record.without_film("tt0000001", page_time=T0 + timedelta(minutes=5)).films == {}


def test_statistics_count_all_films_and_average_the_rated() -> None:
    """Unrated films count, and do not lower the mean."""
    assert DirectorRecord({}).stats is None
    record = DirectorRecord({"tt0000001": _at(0, None)})
    assert record.stats == DirectorStats(total_movies=1, average_rating=None)
    record = record.with_film("tt0000002", _at(0, 9.3)).with_film("tt0000003", _at(0, 8.2))
    assert record.stats == DirectorStats(total_movies=3, average_rating=8.8)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"films": 3}', b'{"films": {"tt1": 4}}', b'{"films": {"tt1": [1, "x", ""]}}']
)
def test_a_damaged_record_is_invalid(body: bytes) -> None:
    """A damaged record is never taken for an empty one."""
    with pytest.raises(Invalid):
        DirectorRecord.decode(Envelope({"Cinestream-Schema": "director/1"}, body))


def test_a_key_is_the_id_or_the_folded_name() -> None:
    """Accents, case and punctuation of a name do not make another director, and keys are plain ASCII."""
    assert director_key("Bong Joon Ho", "nm0094435") == "nm0094435"
    assert director_key("François  Ozon") == director_key("FRANCOIS OZON")
    assert director_key("Bong Joon-ho") == director_key("bong joon ho")
    assert director_key("François Ozon") != director_key("Francis Ozon")
    assert director_key("宮崎 駿").isascii()
    assert director_key("宮崎 駿") != director_key("黒澤 明")
