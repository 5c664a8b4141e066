"""The four languages of the site: words, titles and how a reader of each writes dates and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import orjson

from cinestream_demo.films.film import Film, ReleaseDate


@dataclass(frozen=True, slots=True, eq=False)
class Locale:
    """One language: `tag` as in pages (en-US), `prefix` as in paths ("" or es-es)."""

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

    def title(self, film: Film) -> str:
        """The title that viewers here know it by; where nobody translated it, the English one."""
        return self.titles.get(film.id, film.title)

    def genre(self, genre: str) -> str:
        """The genre's name here."""
        return self.genres.get(genre, genre)

    def number(self, value: float) -> str:
        """With one decimal: 9.3 or 9,3."""
        return f"{value:.1f}".replace(".", self.decimal)

    def votes(self, votes: int) -> str:
        """Shortened as on the page: 942, 12K, 3.1M."""
        if votes < 1000:
            return str(votes)
        if votes < 1_000_000:
            return f"{votes // 1000}K"
        return self.number(votes / 1_000_000) + "M"

    def day(self, date: ReleaseDate) -> str:
        """The date as far as it is known."""
        if date.month is None:
            return str(date.year)
        pattern = self.date if date.day else self.month_date
        return pattern.format(day=date.day, month=self.months[date.month - 1], year=date.year)

    def duration(self, minutes: int) -> str:
        """2h 22m; the hours are left out when there are none."""
        hours, minutes = divmod(minutes, 60)
        text = self.runtime.format(hours=hours, minutes=minutes)
        return text if hours else text[text.index(" ") + 1 :]


@cache
def locales() -> dict[str, Locale]:
    """By tag, English first."""
    tables: dict[str, dict[str, Any]] = orjson.loads(
        resources.files(__package__).joinpath("data/locales.json").read_bytes()
    )
    return {tag: Locale(tag=tag, **table) for tag, table in tables.items()}


def by_prefix(prefix: str) -> Locale | None:
    """The locale that a path's first part names; "" is English."""
    return next((locale for locale in locales().values() if locale.prefix == prefix), None)


def english() -> Locale:
    """The locale of paths without a prefix."""
    return locales()["en-US"]
