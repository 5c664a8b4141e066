"""The four languages of the site: words, translated titles, and formats of dates and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import orjson

from cinestream_demo.films.film import DemoFilm, ReleaseDate


@dataclass(frozen=True, slots=True, eq=False)
class Locale:
    """One language. `tag` names it in pages (`en-US`), `prefix` in paths (`es-es`, or "" for English)."""

    tag: str
    prefix: str
    country: str
    country_name: str
    decimal: str
    months: list[str]
    date: str
    month_date: str
    runtime: str
    words: dict[str, str]
    kinds: dict[str, str]
    genres: dict[str, str]
    titles: dict[str, str]

    def title(self, film: DemoFilm) -> str:
        """Return the title in this language, or the English one if there is no translation."""
        return self.titles.get(film.id, film.title)

    def genre(self, genre: str) -> str:
        """Return the name of a genre in this language."""
        return self.genres.get(genre, genre)

    def number(self, value: float) -> str:
        """Format a number with one decimal: 9.3 or 9,3."""
        return f"{value:.1f}".replace(".", self.decimal)

    def votes(self, votes: int) -> str:
        """Shorten a number of votes as on the page: 942, 12K, 3.1M."""
        if votes < 1000:
            return str(votes)
        if votes < 1_000_000:
            return f"{votes // 1000}K"
        return self.number(votes / 1_000_000) + "M"

    def day(self, date: ReleaseDate) -> str:
        """Format a date, as far as it is known."""
        if date.month is None:
            return str(date.year)
        pattern = self.date if date.day else self.month_date
        return pattern.format(day=date.day, month=self.months[date.month - 1], year=date.year)

    def duration(self, minutes: int) -> str:
        """Format a duration as `2h 22m`, without the hours when there are none."""
        hours, minutes = divmod(minutes, 60)
        text = self.runtime.format(hours=hours, minutes=minutes)
        return text if hours else text[text.index(" ") + 1 :]


@cache
def locales() -> dict[str, Locale]:
    """Return all languages by tag, English first."""
    tables: dict[str, dict[str, Any]] = orjson.loads(
        resources.files(__package__).joinpath("data/locales.json").read_bytes()
    )
    return {tag: Locale(tag=tag, **table) for tag, table in tables.items()}


def by_prefix(prefix: str) -> Locale | None:
    """Return the language that the first part of a path names ("" for English), or None."""
    return next((locale for locale in locales().values() if locale.prefix == prefix), None)


def english() -> Locale:
    """Return the language of paths without a prefix."""
    return locales()["en-US"]
