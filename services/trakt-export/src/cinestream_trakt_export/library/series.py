"""What an item of a Trakt list says about episodes of a series. Pure.

Understood: watched shows (with seasons by `extended=progress`, or without), collected shows, ratings of shows, seasons
and episodes, the history of episodes; older shapes have no `type`, and seasons without being asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from cinestream.contracts.errors import Invalid
from cinestream_trakt_export.i18n.messages import say
from cinestream_trakt_export.library.facts import Facts
from cinestream_trakt_export.library.values import Row, id_text, number_text, rating_of, text_of, time_in

_TIMES_OF_EPISODE = ("watched_at", "last_watched_at", "collected_at", "rated_at")


class Series(NamedTuple):
    """What identifies a series; empty strings for what is not known."""

    tmdb: str
    imdb: str
    tvdb: str
    title: str
    year: str


@dataclass(frozen=True)
class SeriesEntry:
    """What an account did with a series, a season (`number` is None) or an episode.

    `at` is None when the time is not known; `plays` is 0 where watching is not what the list is about.
    """

    id: str
    series: Series
    season: int | None = None
    number: int | None = None
    title: str = ""
    at: datetime | None = None
    plays: int = 0
    rating: int | None = None
    facts: Row = ()


def series_entries(item: Any, *, id: str, facts: Facts | None = None) -> Iterator[SeriesEntry]:
    """The entries that an item is: one per episode of its seasons, else one; with these `facts`.

    Ids are `id` and the place in the item. Raises Invalid, with the reason, for an item without a readable series;
    episodes without a number are left out.
    """
    if not isinstance(item, dict) or not isinstance(item.get("show"), dict):
        raise Invalid(say("skipped.no_series"))
    series = _series(item["show"])
    seasons = [season for season in _list(item.get("seasons")) if isinstance(season, dict)]
    if not seasons:
        yield _single(item, series, id, facts)
    for season in seasons:
        for episode in _list(season.get("episodes")):
            if isinstance(episode, dict) and _int(episode.get("number")) is not None:
                place = _int(season.get("number")), _int(episode["number"])
                told = {**episode, "show": item["show"]} if facts else episode
                yield _entry(told, series, f"{id}/{place[0]}x{place[1]}", place, facts=facts)


def item_id(item: Any, *, position: int) -> str:
    """What tells this item from all others of its list, also for an item that is otherwise malformed."""
    if isinstance(item, dict):
        if isinstance(item.get("id"), int):
            return f"id:{item['id']}"
        for name in ("episode", "season", "show"):  # the narrowest first
            if isinstance(thing := item.get(name), dict):
                ids = thing.get("ids")
                if isinstance(ids, dict) and isinstance(ids.get("trakt"), int):
                    return f"{name}:{ids['trakt']}"
                break  # the series of an episode without an id is that of others, too
    return f"item {position}"


def _single(item: dict[str, Any], series: Series, id: str, facts: Facts | None) -> SeriesEntry:
    episode, season = item.get("episode"), item.get("season")
    if isinstance(episode, dict):
        place = _int(episode.get("season")), _int(episode.get("number"))
        return _entry(item, series, id, place, text_of(episode.get("title")), facts=facts)
    number = _int(season.get("number")) if isinstance(season, dict) else None
    return _entry(item, series, id, (number, None), facts=facts)


def _entry(
    item: dict[str, Any],
    series: Series,
    id: str,
    place: tuple[int | None, int | None],
    title: str = "",
    *,
    facts: Facts | None,
) -> SeriesEntry:
    watched = "watched_at" in item or "last_watched_at" in item
    return SeriesEntry(
        id=id,
        series=series,
        season=place[0],
        number=place[1],
        title=title,
        at=time_in(item, (*_TIMES_OF_EPISODE, "last_collected_at")),
        plays=max(_int(item.get("plays")) or 1, 1) if watched else 0,
        rating=rating_of(item.get("rating")),
        facts=facts.of(item) if facts else (),
    )


def _series(show: dict[str, Any]) -> Series:
    ids = show.get("ids")
    ids = ids if isinstance(ids, dict) else {}
    series = Series(
        tmdb=number_text(ids.get("tmdb")),
        imdb=id_text(ids.get("imdb")),
        tvdb=number_text(ids.get("tvdb")),
        title=" ".join(text_of(show.get("title")).split()),
        year=number_text(show.get("year"), least=1800, most=9999),
    )
    if series == Series("", "", "", "", series.year):
        raise Invalid(say("skipped.nameless_series"))
    return series


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _int(value: Any) -> int | None:
    return value if isinstance(value, int) else None
