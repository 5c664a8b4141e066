"""Numbers and dates as pages show them, in all languages of IMDb's pages."""

import re
import unicodedata

from cinestream.contracts.text import normalized

_MONTHS = (
    "january jan januar janvier janv enero gennaio janeiro januari januara styczen stycznia leden ledna ocak",
    "february feb februar fevrier fevr febrero febbraio fevereiro februari luty lutego unor unora subat",
    "march mar marz mars marzo marco maart marcius marzec marca brezen brezna mart",
    "april apr avril avr abril aprile aprilis kwiecien kwietnia duben dubna nisan",
    "may mai mayo maggio maio maj majus mei maja kveten kvetna mayis",
    "june jun juni juin junio giugno junho junius czerwiec czerwca cerven cervna haziran",
    "july jul juli juillet juil julio luglio julho julius lipiec lipca cervenec cervence temmuz",
    "august aug aout agosto augustus augusti augusztus sierpien sierpnia srpen srpna agustos",
    "september sep sept septembre septiembre settembre setembro szeptember wrzesien wrzesnia zari eylul",
    "october oct oktober okt octobre octubre ottobre outubro pazdziernik pazdziernika rijen rijna ekim",
    "november nov novembre noviembre novembro listopad listopada listopadu kasim",
    "december dec dezember dez decembre diciembre dicembre dezembro grudzien grudnia prosinec prosince aralik dic",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
# "listopad" is November in Polish and October in Croatian. IMDb has no pages in Croatian.
_WORD = re.compile(r"[^\W\d_]+")
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_DAY = re.compile(r"(?<!\d)(0?[1-9]|[12]\d|3[01])(?!\d)")
_HINDI = ["जनवरी", "फरवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"]
_HINDI_SPELLINGS = str.maketrans({"\u093c": None}), (("म्ब", "ंब"), ("अक्तूबर", "अक्टूबर"))
_DURATION = re.compile(r"(\d{1,5})\s*(?!se[cgk])([^\W\d_])")
_HOURS, _MINUTES = frozenset("hsotgч時घ"), frozenset("mdpм分म")
"""The first letters of the words for hours and minutes in those languages."""
_EAST_ASIAN = re.compile(r"(\d{4})\s?年(?:\s?(\d{1,2})\s?月(?:\s?(\d{1,2})\s?日)?)?")
_DECIMAL = re.compile(r"(\d{1,2})(?:[.,](\d))?(?!\d)")
_WHOLE = re.compile(r"\d{1,3}(?:[.,'’\s]\d{3})+(?!\d)|\d+")


def decimal(text: str | None) -> float | None:
    """Return the first number of a text, or None if there is none or it is 0.

    It has one decimal behind a point or a comma: "9,2/10" gives 9.2.
    """
    found = _DECIMAL.search(text or "")
    return (float(f"{found[1]}.{found[2] or 0}") or None) if found else None


def whole_number(text: str | None) -> int | None:
    """Return the first whole number of a text, or None if there is none or it is 0.

    Points, commas, apostrophes or spaces can separate the thousands: "1.418.761".
    """
    found = _WHOLE.search(text or "")
    digits = re.sub(r"\D", "", found[0]) if found else ""
    return (int(digits) or None) if 0 < len(digits) <= 12 else None


def date(text: str | None) -> str | None:
    """Return the date in a text in ISO 8601, as partial as the text: "September 1994 (USA)" gives 1994-09.

    A date in brackets counts only if there is none before them: "TV Movie (2003)" gives 2003.
    """
    before, _, behind = (text or "").partition("(")
    return _date(before) or _date(behind)


def _date(shown: str) -> str | None:
    if found := _EAST_ASIAN.search(shown):
        return "-".join(part.zfill(2) for part in found.groups() if part)
    year = _YEAR.search(shown)
    if not year:
        return None
    rest = shown[: year.start()] + " " + shown[year.end() :]
    month = next((_MONTH[word] for word in map(_folded, _WORD.findall(rest)) if word in _MONTH), None) or _hindi(rest)
    if month is None:
        return year[1]
    day = _DAY.search(rest)
    return f"{year[1]}-{month:02}-{int(day[1]):02}" if day else f"{year[1]}-{month:02}"


def minutes(text: str | None) -> int | None:
    """Return a running time in minutes, or None.

    It can be written as "2 hours 22 minutes", "2 Stunden 22 Minuten", "2時間22分", "2h 22m" or "142 min".
    """
    total = 0
    for number, letter in _DURATION.findall((text or "").lower()):
        total += int(number) * (60 if letter in _HOURS else 1 if letter in _MINUTES else 0)
    return total or None


def _hindi(text: str) -> int | None:
    # The vowel signs of Hindi do not match as letters in a regular expression, so the name is searched in the text.
    dots, spellings = _HINDI_SPELLINGS
    text = normalized("NFD", text).translate(dots)
    for other, usual in spellings:
        text = text.replace(other, usual)
    return next((number for number, name in enumerate(_HINDI, 1) if name in text), None)


def _folded(word: str) -> str:
    letters = normalized("NFKD", word.replace("ı", "i").replace("ł", "l")).lower()
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
