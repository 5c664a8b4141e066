"""The language of the user. Only command lines use it: all other parts write English, as `Message`.

Each distribution has a catalogue `locale/<language>/LC_MESSAGES/messages.po` in its package, with the texts of its own
sources. Logs, JSON and metrics stay English.
"""

import gettext
import os
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any

from cinestream_flow.message import Message, message_of

LANGUAGES = ("en", "fr")
VARIABLE = "CINESTREAM_LANGUAGE"
"""The variable that overrides the language of the system."""
_packages = ["cinestream", "cinestream_flow"]
"""The packages whose catalogues are used. The first one that has a text decides."""

_language = "en"
_catalogue = gettext.NullTranslations()


def add_catalogue(package: str) -> None:
    """Add the texts of a distribution. They go before those of the distributions that were added earlier.

    Args:
        package: the package of the distribution, for example "cinestream_etl". Without a catalogue it stays English.
    """
    global _catalogue
    if package == _packages[0]:
        return
    _packages[:] = [package, *(other for other in _packages if other != package)]
    if _language != "en":
        newest = _load(package, _language)
        newest.add_fallback(_catalogue)
        _catalogue = newest


def set_language(language: str = "auto") -> None:
    """Set the language of every later text: "en", "fr", or "auto".

    "auto" reads CINESTREAM_LANGUAGE, then LC_ALL, LC_MESSAGES and LANG in the order of POSIX. It is English for every
    other language.
    """
    global _language, _catalogue
    chosen = next((choice for choice in (language, os.environ.get(VARIABLE)) if choice in LANGUAGES), None)
    chosen = chosen or _of_system()
    if chosen == _language:
        return
    _language, _catalogue = chosen, gettext.NullTranslations()
    for package in _packages if chosen != "en" else ():
        _catalogue.add_fallback(_load(package, chosen))


def current_language() -> str:
    """Return the language that is set, "en" or "fr"."""
    return _language


def translate(text: str | Exception, /, **values: object) -> str:
    """Return a text in the language of the user.

    Args:
        text: a message, an exception that carries one, or the template of a message. Any other text is returned as it
            is, unless a catalogue has it.
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
    """Translate the help of a typer command and of the commands that it contains, and the words of typer itself."""
    if _language != "en":
        from cinestream.commands.typer_words import translate_typer  # not imported for English

        _translate_own_help(command)
        translate_typer(command)


def _translate_own_help(command: Any) -> None:
    for part in (command, *command.params):
        if text := getattr(part, "help", None):
            part.help = translate(text)
    for contained in getattr(command, "commands", {}).values():
        _translate_own_help(contained)


class _Formatter(Formatter):
    """A formatter that translates values that are messages, and writes numbers with a format as the language does."""

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        value = super().get_value(key, args, kwargs)
        return translate(value) if isinstance(value, Message | Exception) else value

    def format_field(self, value: Any, format_spec: str) -> str:
        text = str(super().format_field(value, format_spec))
        if not format_spec or not isinstance(value, int | float):
            return text
        from babel.numbers import get_decimal_symbol, get_group_symbol  # not imported for English

        return text.translate({ord(","): get_group_symbol(_language), ord("."): get_decimal_symbol(_language)})


_FORMATTER = _Formatter()


def _template(message: Message) -> str:
    if message.plural:
        return _catalogue.ngettext(message.template, message.plural, message.values["count"])
    return _catalogue.gettext(message.template)


def catalogue_path(package: str, language: str) -> Path:
    """Return the path of the catalogue of a package. The file need not exist."""
    from importlib.util import find_spec

    found = find_spec(package)
    folder = Path(found.origin).parent if found and found.origin else Path()
    return folder / "locale" / language / "LC_MESSAGES" / "messages.po"


def _load(package: str, language: str) -> gettext.NullTranslations:
    """Compile the catalogue in memory, so that no compiled file can be out of date."""
    from babel.messages.mofile import write_mo  # not imported for English
    from babel.messages.pofile import read_po

    path = catalogue_path(package, language)
    if not path.is_file():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _of_system() -> str:
    variables = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "fr" if next((value for value in variables if value), "").startswith("fr") else "en"
