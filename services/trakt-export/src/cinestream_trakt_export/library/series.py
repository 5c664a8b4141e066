"""Parsers for the items of Trakt's lists of series, seasons and episodes. Pure.

The parsers read watched series (with or without seasons), collected series, ratings, and the history of episodes.
Source of the shapes: https://trakt.docs.apiary.io. Older answers have no `type`, and list seasons without
`extended=progress`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from cinestream.contracts.errors import Invalid
from cinestream_flow.message import Message
from cinestream_trakt_export.library.facts import Facts
from cinestream_trakt_export.library.values import Row, id_text, number_text, rating_of, text_of, time_in

_TIMES_OF_EPISODE = ("watched_at", "last_watched_at", "collected_at", "rated_at")


class Series(NamedTuple):
    """The ids, title and year of a series. Unknown values are empty."""

    tmdb: str
    imdb: str
    tvdb: str
    title: str
    year: str


@dataclass(frozen=True)
class SeriesEntry:
    """A play, a rating or a collected item of a series, a season or an episode.

    Args:
        id: identifies the entry in its list.
        series: the series.
        season: the number of the season, or None for the whole series.
        number: the number of the episode, or None for the whole season.
        title: the title of the episode.
        at: the time of the play, of the rating or of the purchase. None means an unknown time.
        plays: how often it was watched. It is 0 in lists that are not about watching.
        rating: 1 to 10, or None.
        facts: the texts of the additional columns.
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
    """Yield an entry for each episode of a decoded item, or one entry for an item without seasons.

    Args:
        item: the decoded item.
        id: the id of the item. The id of an entry adds season and episode to it.
        facts: the additional columns, or None.

    Episodes without a number are left out.

    Raises:
        Invalid: the item has no readable series. The text is for `skipped.csv`.
    """
    if not isinstance(item, dict) or not isinstance(item.get("show"), dict):
        raise Invalid(Message("an item without a series"))
    series = _series(item["show"])
    seasons = [season for season in _list(item.get("seasons")) if isinstance(season, dict)]
    if not seasons:
        yield _single(item, series, id, facts)
    for season in seasons:
        for episode in _list(season.get("episodes")):
            if isinstance(episode, dict) and _int(episode.get("number")) is not None:
                place = _int(season.get("number")), _int(episode["number"])
                # Facts of a series are in the item, and those of an episode in the episode.
                content = {**episode, "show": item["show"]} if facts else episode
                yield _entry(content, series, f"{id}/{place[0]}x{place[1]}", place, facts=facts)


def item_id(item: Any, *, position: int) -> str:
    """Return the id that identifies a decoded item in its list, even if the item is malformed.

    `position` stands in for a missing id. It counts from 1.
    """
    if isinstance(item, dict):
        if isinstance(item.get("id"), int):
            return f"id:{item['id']}"
        for name in ("episode", "season", "show"):  # the narrowest first
            if isinstance(thing := item.get(name), dict):
                ids = thing.get("ids")
                if isinstance(ids, dict) and isinstance(ids.get("trakt"), int):
                    return f"{name}:{ids['trakt']}"
                break  # other episodes share the series, so its id does not identify this one
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
        year=number_text(show.get("year"), minimum=1800, maximum=9999),
    )
    if series == Series("", "", "", "", series.year):
        raise Invalid(Message("neither an id nor a title"))
    return series


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _int(value: Any) -> int | None:
    return value if isinstance(value, int) else None
