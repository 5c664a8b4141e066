"""The parser of items of series, in current and in older shapes."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cinestream.contracts.errors import Invalid
from cinestream_trakt_export.library.films import parse_entry
from cinestream_trakt_export.library.series import Series, SeriesEntry, series_entries

SHOW = {"title": "A  Series", "year": 2008, "ids": {"trakt": 1, "tvdb": 81189, "imdb": "tt0903747", "tmdb": 1396}}
SERIES = Series(tmdb="1396", imdb="tt0903747", tvdb="81189", title="A Series", year="2008")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_a_watched_series_is_its_episodes() -> None:
    """Each episode has its own plays and time. An episode without a number is left out."""
    episodes = [
        {"number": 1, "plays": 2, "last_watched_at": "2026-01-01T12:00:00.000Z"},
        {"number": 2, "plays": 1, "last_watched_at": "1970-01-01T00:33:00.000Z"},
        {"plays": 1},
    ]
    item = {"plays": 3, "show": SHOW, "seasons": [{"number": 4, "episodes": episodes}, "nonsense"]}
    assert [*series_entries(item, id="x")] == [
        SeriesEntry("x/4x1", SERIES, 4, 1, at=NOON, plays=2),
        SeriesEntry("x/4x2", SERIES, 4, 2, at=None, plays=1),
    ]


@pytest.mark.parametrize(
    ("item", "entry"),
    [
        (
            {"plays": 56, "last_watched_at": "2026-01-01T12:00:00Z", "show": SHOW},
            SeriesEntry("x", SERIES, at=NOON, plays=56),
        ),
        ({"rated_at": "2026-01-01T12:00:00Z", "rating": 9, "show": SHOW}, SeriesEntry("x", SERIES, at=NOON, rating=9)),
        ({"rating": 0, "season": {"number": 0}, "show": SHOW}, SeriesEntry("x", SERIES, 0)),
        (
            {"watched_at": "2026-01-01T12:00:00Z", "episode": {"season": 4, "number": 1, "title": "One"}, "show": SHOW},
            SeriesEntry("x", SERIES, 4, 1, "One", NOON, 1),
        ),
    ],
)
def test_an_item_without_seasons_is_one_entry(item: dict[str, object], entry: SeriesEntry) -> None:
    """The item is a series, a season or an episode, watched or rated."""
    assert [*series_entries(item, id="x")] == [entry]


@pytest.mark.parametrize("item", [7, {}, {"show": {}}, {"show": {"year": 2008, "ids": None}}])
def test_an_item_without_a_series_is_refused(item: object) -> None:
    """The parser raises Invalid with the reason."""
    with pytest.raises(Invalid):
        [*series_entries(item, id="x")]


def test_recorded_and_older_items_are_understood(samples: Path) -> None:
    """Every film and series in the recorded answers is parsed, also in those of older libraries."""
    folder = samples / "trakt"
    if not folder.is_dir():
        pytest.skip(f"no recorded answers at {folder}")
    films, episodes, refused = 0, 0, []
    for path in sorted(folder.glob("*/*.json")):
        content = json.loads(path.read_text() or "null")
        content = content["response"]["body"] if isinstance(content, dict) and "response" in content else content
        for position, item in enumerate(content if isinstance(content, list) else [], 1):
            if not isinstance(item, dict) or ("movie" not in item and "show" not in item) or "like" in path.name:
                continue
            try:
                if "movie" in item:
                    films += parse_entry(json.dumps(item).encode(), position=position).title != ""
                else:
                    episodes += sum(bool(entry.series.title) for entry in series_entries(item, id=str(position)))
            except Invalid as error:
                refused.append(f"{path.name}: {error}")
    assert films > 1000
    assert episodes > 10_000
    # The samples of Trakt's own documentation have a play on a 31 February.
    assert all("2014-02-31" in reason for reason in refused), refused
