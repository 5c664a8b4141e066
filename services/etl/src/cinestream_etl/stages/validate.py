"""The validation of a `ParsedTitle`: it is cleaned, or `Invalid` names the broken rule and the value. Pure.

Clean texts are in Unicode form NFC, with single spaces, and without control, zero-width and bidirectional formatting
characters. Names have no notes behind them, and no name or genre comes twice. An unusable recommendation, poster or
locale is dropped: it is no reason to lose the film.
"""

import calendar
import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from cinestream.contracts import Invalid
from cinestream.contracts.text import normalized
from cinestream_etl.stages.title import ParsedTitle, Person, Related
from cinestream_flow.message import Message

T = TypeVar("T")
Number = TypeVar("Number", int, float)
MAX_TEXT = 1000
MAX_PLOT = 10_000
MAX_ITEMS = 200
_SLACK = 10
"""A value as parsed may have this many times the items and characters of a clean one. More are refused unread."""
MAX_ADDRESS = 2000
MAX_MINUTES = 60_000
FIRST_YEAR, LAST_YEAR = 1870, 2150
"""The years of films. The oldest film on IMDb is from 1874."""

_TITLE_ID = re.compile(r"tt\d{7,10}")
_NAME_ID = re.compile(r"nm\d{7,10}")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_ADDRESS = re.compile(r"https?://[!-~]+")
_LOCALE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")
# The site shows these words where a film has no plot.
_INVITATION = re.compile(r"add a plot\b|know what this is about\?|it looks like we don't have any plot", re.IGNORECASE)
_SPACES = dict.fromkeys(map(ord, "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85"), " ")
_INVISIBLE = (
    *(range(0x20), range(0x7F, 0xA0)),  # controls
    *(range(0xAD, 0xAE), range(0x180E, 0x180F), range(0x200B, 0x200E), range(0x2060, 0x2065), range(0xFEFF, 0xFF00)),
    *(range(0x061C, 0x061D), range(0x200E, 0x2010), range(0x202A, 0x202F), range(0x2066, 0x2070)),  # bidi
    *(range(0xFFF9, 0xFFFC), range(0xE0000, 0xE0080)),  # annotations, tags
)
_TABLE: dict[int, str | None] = {**{code: None for codes in _INVISIBLE for code in codes}, **_SPACES}


def validate(title: ParsedTitle, *, requested: str | None = None) -> ParsedTitle:
    """Return a clean copy of a title.

    Args:
        title: the title as parsed.
        requested: the id of the title that was requested, or None to accept any title.

    Raises:
        Invalid: the page belongs to another title than `requested`, or a value breaks its rule.
    """
    _rule("the id of a title", title.id, _TITLE_ID.fullmatch(title.id))
    _rule("the page of {requested}", title.id, requested in (None, title.id), requested=requested)
    checked = replace(
        title,
        title=_text("title", title.title) or "",
        original_title=_text("original_title", title.original_title),
        year=_between("year", title.year, FIRST_YEAR, LAST_YEAR),
        rating=_between("rating", title.rating, 1, 10),
        votes=_between("votes", title.votes, 1, 10**10),
        release_date=_date(title.release_date),
        directors=_people("directors", title.directors),
        writers=_people("writers", title.writers),
        stars=_people("stars", title.stars),
        plot=_plot(title.plot),
        tagline=_text("tagline", title.tagline),
        runtime_minutes=_between("runtime_minutes", title.runtime_minutes, 1, MAX_MINUTES),
        certificate=_text("certificate", title.certificate),
        recommendations=_recommendations(title),
        genres=_texts("genres", title.genres),
        interests=_texts("interests", title.interests),
        keywords=_texts("keywords", title.keywords),
        countries=_texts("countries", title.countries),
        languages=_texts("languages", title.languages),
        poster=_address(title.poster),
        locale=_locale(title.locale),
    )
    _rule("a title", title.title, checked.title)
    _rule("a kind of title", title.kind, re.fullmatch(r"[A-Za-z]{1,40}", title.kind))
    return checked


def clean(text: str) -> str:
    """Return the text as people see it: in Unicode form NFC, with single spaces and nothing invisible."""
    return " ".join(normalized("NFC", text.translate(_TABLE)).split())


def _rule(expected: str, value: object, holds: object, **values: object) -> None:
    # Only a broken rule costs the time to format its text.
    if not holds:
        rule = Message(expected, **values)
        raise Invalid(Message("expected {expected}, got {value!r}", expected=rule, value=str(value)[:200]))


def _between(field: str, value: Number | None, min_value: int, max_value: int) -> Number | None:
    if value is not None:
        holds = min_value <= value <= max_value
        _rule("{field} between {min} and {max}", value, holds, field=field, min=min_value, max=max_value)
    return value


def _none_unless_between(value: Number | None, min_value: int, max_value: int) -> Number | None:
    return value if value is not None and min_value <= value <= max_value else None


def _address(value: str | None) -> str | None:
    # A page that a browser saved can name a local file instead, which nobody else can open.
    return value if value and len(value) <= MAX_ADDRESS and _ADDRESS.fullmatch(value) else None


def _locale(value: str | None) -> str | None:
    return value if value and _LOCALE.fullmatch(value) else None


def _text(field: str, value: str | None, max_length: int = MAX_TEXT) -> str | None:
    text = _clean(field, value, max_length) if value else ""
    _rule("{field} of at most {max} characters", text, len(text) <= max_length, field=field, max=max_length)
    return text or None


def _clean(field: str, value: str, max_length: int = MAX_TEXT) -> str:
    max_parsed = _SLACK * max_length
    holds = len(value) <= max_parsed
    _rule("{field} of at most {max} characters as parsed", value, holds, field=field, max=max_parsed)
    return clean(value)


def _plot(value: str | None) -> str | None:
    text = _text("plot", value, MAX_PLOT)
    return None if text is None or _INVITATION.match(text) else text


def _date(value: str | None) -> str | None:
    if value is None:
        return None
    found = _DATE.fullmatch(value)
    _rule("release_date as YYYY, YYYY-MM or YYYY-MM-DD", value, found)
    year, month, day = (int(part) if part else None for part in found.groups()) if found else (None, None, None)
    _between("release year", year, FIRST_YEAR, LAST_YEAR)
    _between("release month", month, 1, 12)
    if year and month:
        _between("release day", day, 1, calendar.monthrange(year, month)[1])
    return value


def _people(field: str, people: Iterable[Person]) -> tuple[Person, ...]:
    found = []
    for person in _bounded(field, people):
        name = _text(field, _without_notes(_clean(field, person.name)))
        id = person.id if person.id and _NAME_ID.fullmatch(person.id) else None
        if name:
            found.append(Person(name, id, _texts(field, person.notes)))
    return _distinct(field, found, lambda person: person.name)


def _without_notes(name: str) -> str:
    """Return a clean name without the remarks in brackets at its end."""
    end = len(name)
    while name[end - 1 : end] == ")":
        start = name.rfind("(", 0, end)
        if start < 0 or ")" in name[start : end - 1]:
            break
        end = start - (name[start - 1 : start] == " ")
    return name[:end]


def _texts(field: str, values: Iterable[str]) -> tuple[str, ...]:
    return _distinct(field, [text for value in _bounded(field, values) if (text := _text(field, value))], str.casefold)


def _recommendations(title: ParsedTitle) -> tuple[Related, ...]:
    found = [
        Related(
            film.id,
            shown,
            _none_unless_between(film.rating, 1, 10),
            _none_unless_between(film.year, FIRST_YEAR, LAST_YEAR),
        )
        for film in _bounded("recommendations", title.recommendations)
        if _TITLE_ID.fullmatch(film.id) and film.id != title.id and (shown := _clean_beginning(film.title))
    ]
    return _distinct("recommendations", found, lambda film: film.id)


def _clean_beginning(text: str) -> str:
    return clean(text[: _SLACK * MAX_TEXT])[:MAX_TEXT]


def _bounded(field: str, values: Iterable[T]) -> list[T]:
    max_parsed = _SLACK * MAX_ITEMS
    found = [*islice(values, max_parsed + 1)]
    _rule("at most {max} {field} as parsed", "more", len(found) <= max_parsed, field=field, max=max_parsed)
    return found


def _distinct(field: str, values: list[T], key: Callable[[T], Hashable]) -> tuple[T, ...]:
    """Return the first value of each key, in order."""
    distinct: dict[Hashable, T] = {}
    for value in values:
        distinct.setdefault(key(value), value)
    _rule("at most {max} {field}", len(distinct), len(distinct) <= MAX_ITEMS, field=field, max=MAX_ITEMS)
    return tuple(distinct.values())
