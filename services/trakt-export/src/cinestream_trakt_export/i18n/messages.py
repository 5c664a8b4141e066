"""Saying something to the user, in English or in French."""

import os

from cinestream_flow.message import message_of
from cinestream_trakt_export.i18n.catalogue import MESSAGES, Text
from cinestream_trakt_export.i18n.french_others import in_french

_spoken = "en"
_FRENCH = {
    text.en.replace("!r}", "}").replace("{most}", "{limit}"): text.fr.replace("{most}", "{limit}")
    for text in MESSAGES.values()
}


def speak(language: str = "auto") -> None:
    """Say everything in this language from now on; "auto": as the environment says, English when it says neither."""
    global _spoken
    _spoken = language if language in Text._fields else _of_environment()


def spoken() -> str:
    """The language, "en" or "fr"."""
    return _spoken


def say(key: str, **values: object) -> str:
    """A message in the language of the user."""
    return str(getattr(MESSAGES[key], _spoken)).format(**values)


def told(text: object) -> str:
    """What others say (typer, the settings, the shared parts), in the language of the user."""
    text = message_of(text)
    if _spoken == "en":
        return str(text)
    french = _FRENCH.get(text.template.replace(":,}", "}").replace("!r}", "}"))
    if french is None:
        return in_french(str(text))
    values = {name: told(value) if isinstance(value, str | Exception) else value for name, value in text.values.items()}
    return french.format(**values)


def _of_environment() -> str:
    set_ones = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "fr" if next((value for value in set_ones if value), "").startswith("fr") else "en"
