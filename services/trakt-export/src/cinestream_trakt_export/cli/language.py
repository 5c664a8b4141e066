"""The language of the user. Only the command line uses it: all other parts write English, as `Message`."""

import gettext
import os
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any

from cinestream_flow.message import Message, message_of

LANGUAGES = ("en", "fr")
CATALOGUES = Path(__file__).parent.parent / "locale"
_language = "en"
_catalogue = gettext.NullTranslations()


def set_language(language: str = "auto") -> None:
    """Set the language of every later text: "en", "fr", or "auto".

    "auto" reads LC_ALL, LC_MESSAGES and LANG in the order of POSIX, and is English for every other language.
    """
    global _language, _catalogue
    chosen = language if language in LANGUAGES else _of_environment()
    if chosen != _language:
        _language, _catalogue = chosen, gettext.NullTranslations() if chosen == "en" else _load(chosen)


def current_language() -> str:
    """Return the language that is set, "en" or "fr"."""
    return _language


def translate(text: str | Exception, /, **values: object) -> str:
    """Return a text in the language of the user.

    Args:
        text: a message, an exception that carries one, or the template of a message. Any other text is returned as it
            is, unless the catalogue has it.
        values: the values of a template.
    """
    if isinstance(text, Exception):
        text = message_of(text)
    elif values:
        text = Message(text, **values)
    if _language == "en":
        return str(text)
    if not isinstance(text, Message):
        return _catalogue.gettext(text) if text else ""
    return _FORMATTER.vformat(_template(text), (), text.values)


def translate_help(command: Any) -> None:
    """Translate the help of a typer command, of its parameters, and of the commands that it contains."""
    for part in (command, *command.params):
        if text := getattr(part, "help", None):
            part.help = translate(text)
    for contained in getattr(command, "commands", {}).values():
        translate_help(contained)


class _Formatter(Formatter):
    """A formatter that translates values that are messages, and groups the digits of numbers as the language does."""

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        value = super().get_value(key, args, kwargs)
        return translate(value) if isinstance(value, Message | Exception) else value

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec != ",":
            return str(super().format_field(value, format_spec))
        from babel.numbers import format_decimal  # not imported for English

        return format_decimal(value, locale=_language)


_FORMATTER = _Formatter()


def _template(message: Message) -> str:
    if message.plural:
        return _catalogue.ngettext(message.template, message.plural, message.values["count"])
    return _catalogue.gettext(message.template)


def _load(language: str) -> gettext.NullTranslations:
    """Compile the catalogue in memory, so that no compiled file can be out of date."""
    from babel.messages.mofile import write_mo  # not imported for English
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with (CATALOGUES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _of_environment() -> str:
    variables = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "fr" if next((value for value in variables if value), "").startswith("fr") else "en"
