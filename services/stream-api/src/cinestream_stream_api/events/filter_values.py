"""The values that clients filter by: parsed, or refused with the fix. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches

from cinestream.contracts import PlotTone
from cinestream.contracts.movie import FILM_KINDS
from cinestream_stream_api.events.filters import EVERYTHING, Filter
from cinestream_stream_api.events.folding import fold
from cinestream_stream_api.events.resume import BadQuery

MAX_QUOTED = 60
"""Characters of a value that are quoted back to the client."""

_TITLE = re.compile("tt[0-9]{7,10}", re.IGNORECASE)
_PERSON = re.compile("nm[0-9]{7,10}", re.IGNORECASE)
_ANY_PERSON = re.compile("nm[0-9]+", re.IGNORECASE)
_DIGITS = re.compile("[0-9]{1,10}")
_DECADE = re.compile("[0-9]{3}0s", re.IGNORECASE)
_YEARS = re.compile("'?([0-9]{2}|[0-9]{4})'?s?", re.IGNORECASE)


class _Refused(Exception):
    """A value that is not accepted. The text is the reason, with the fix."""


def parse_filter(texts: Mapping[str, Iterable[str] | None], min_rating: float | None = None) -> Filter:
    """Parse the values of repeated query parameters. Blank values count as absent.

    Args:
        texts: the values by the name of their parameter, which is also the field of `Filter`.
        min_rating: the minimum rating.

    Raises:
        BadQuery: a value is not accepted. The reason has the accepted values, or the fix.
    """
    parsed = {name: frozenset(_values(name, values or ())) for name, values in texts.items()}
    filter = Filter(**parsed, min_rating=min_rating)
    # The one object: filters are compared with it by identity.
    return EVERYTHING if filter == EVERYTHING else filter


def _values(parameter: str, texts: Iterable[str]) -> Iterable[str]:
    for text in map(str.strip, texts):
        try:
            if "," in text and parameter != "director":
                raise _Refused(f"repeat the parameter for several values: {parameter}=…&{parameter}=…")
            if text:
                yield _PARSERS[parameter](text)
        except _Refused as error:
            raise BadQuery(parameter, str(error)) from None


def _name(text: str) -> str:
    if folded := fold(text):
        return folded
    raise _Refused("expected a name with letters or digits")


def _director(text: str) -> str:
    if _PERSON.fullmatch(text):
        return text.lower()
    if found := _PERSON.search(text):
        raise _Refused(f"expected a name or an IMDb id. Did you mean {found[0].lower()}?")
    if _ANY_PERSON.fullmatch(text):
        raise _Refused("expected a name, or an IMDb id like nm0001104")
    return _name(text)


def _title_id(text: str) -> str:
    if _TITLE.fullmatch(text):
        return text.lower()
    if found := _TITLE.search(text):
        raise _Refused(f"expected an IMDb id. Did you mean {found[0].lower()}?")
    if _DIGITS.fullmatch(text):
        raise _Refused(f"expected an IMDb id. Did you mean tt{text.zfill(7)}?")
    raise _Refused("expected an IMDb id, like tt0111161")


def _decade(text: str) -> str:
    if _DECADE.fullmatch(text):
        return text.lower()
    if found := _YEARS.fullmatch(text):
        raise _Refused(f"expected a decade. Did you mean {_decades(found[1])}?")
    raise _Refused("expected a decade, like 1990s")


def _decades(digits: str) -> str:
    """Return the decades that a year of two or four digits may belong to."""
    if len(digits) == 4:
        return f"{digits[:3]}0s"
    tens = int(digits[0])
    return "1920s or 2020s" if tens == 2 else f"{20 if tens < 2 else 19}{tens}0s"


def _one_of(accepted: Iterable[str]) -> Callable[[str], str]:
    """Return the parser of a parameter with these values, which may be written in any case and with spaces."""
    by_key = {_key(value): value for value in accepted}
    names = ", ".join(by_key.values())

    def parse(text: str) -> str:
        if value := by_key.get(_key(text)):
            return fold(value)
        close = get_close_matches(_key(text[:MAX_QUOTED]), by_key, 1)
        fix = f" Did you mean {by_key[close[0]]}?" if close else ""
        raise _Refused(f"unknown value.{fix} Accepted: {names}")

    return parse


def _key(text: str) -> str:
    return fold(text).replace(" ", "")


_PARSERS: dict[str, Callable[[str], str]] = {
    "genre": _name,
    "theme": _name,
    "director": _director,
    "decade": _decade,
    "tone": _one_of(PlotTone),
    "kind": _one_of(FILM_KINDS),
    "id": _title_id,
}
