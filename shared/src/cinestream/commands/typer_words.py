"""The words that typer writes on its own, in the language of the user: headings of the help, and errors of arguments.

Typer looks up the headings with gettext, and writes the errors in English only. So an error is recognised by its text.
A text that is not listed here stays English.
"""

import gettext
import sys
from collections.abc import Callable
from functools import wraps
from importlib import reload
from string import Formatter
from typing import Any

from cinestream.commands.language import translate
from cinestream_flow.message import Message


def deferred(text: str) -> str:
    """Mark a text as a message that is translated later."""
    return text


HEADINGS = (
    deferred("Arguments"),
    deferred("Options"),
    deferred("Commands"),
    deferred("Error"),
    deferred("Aborted."),
    deferred("[required]"),
    deferred("[default: {}]"),
    deferred("[env var: {}]"),
    deferred("Try [blue]'{command_path} {help_option}'[/] for help."),
    deferred("No such command {name!r}."),
    deferred("Missing command."),
    deferred("Show this message and exit."),
)
ERRORS = (
    deferred("Invalid value for {hint}: {error}"),
    deferred("{error} (Possible options: {options})"),
    deferred("{error}. Did you mean {names}?"),
    deferred("No such option: {name}"),
    deferred("Missing option {name}."),
    deferred("Missing argument {name}."),
    deferred("Missing option {name}. Choose from:\n{choices}"),
    deferred("Missing argument {name}. Choose from:\n{choices}"),
    deferred("Option {name} requires an argument."),
    deferred("Option {name} does not take a value."),
    deferred("Got unexpected extra argument(s) ({arguments})"),
    deferred("{value} is not one of {choices}."),
    deferred("{value} does not match the formats {formats}."),
    deferred("file {path} does not exist."),
    deferred("file {path} is a directory."),
    deferred("file {path} is not readable."),
    deferred("dir {path} does not exist."),
    deferred("dir {path} is a file."),
    deferred("path {path} does not exist."),
    deferred("path {path} is not readable."),
    deferred("Value error, {error}"),
    deferred("Input should be a valid integer, unable to parse string as an integer"),
    deferred("Input should be a valid number, unable to parse string as a number"),
    deferred("Input should be greater than or equal to {limit}"),
    deferred("Input should be less than or equal to {limit}"),
)
"""The errors of typer, and those of pydantic that typer quotes."""


def translate_typer(command: Any) -> None:
    """Let a command write the words of typer in the language of the user."""
    # The functions of gettext all end here. Typer calls them for its headings, some of them while it is imported.
    gettext.dgettext = lambda domain, message: translate(message)
    if headings := sys.modules.get("typer.rich_utils"):
        reload(headings)
    for each in (command, *_contained(command)):
        each.context_class = _context(each.context_class)
        if option := each.get_help_option(each.context_class(each)):
            option.help = translate(option.help)
    command.make_context = _with_translated_errors(command.make_context)
    command.invoke = _with_translated_errors(command.invoke)


def recognised(text: str) -> str:
    """Return an error of typer as a message, or unchanged if it is not known. Its values may be such errors, too."""
    for template in ERRORS:
        if (values := _values(template, text)) is not None:
            return Message(template, **{name: recognised(value) for name, value in values.items()})
    return text


def _values(template: str, text: str) -> dict[str, str] | None:
    """Return the values of the fields of a template in a text that it made, or None if the text has another form."""
    parts = list(Formatter().parse(template))
    values: dict[str, str] = {}
    if parts[-1][1] is None:  # the text after the last field
        end = parts.pop()[0]
        if not text.endswith(end):
            return None
        text = text.removesuffix(end)
    waiting = ""
    for literal, field, _, _ in parts:
        before, found, text = text.partition(literal) if literal else ("", "", text)
        if found != literal or bool(before) != bool(waiting):
            return None
        if waiting:
            values[waiting] = before
        waiting = field or ""
    if bool(text) != bool(waiting):
        return None
    return {**values, waiting: text} if waiting else values


def _contained(command: Any) -> list[Any]:
    commands = getattr(command, "commands", {}).values()
    return [each for contained in commands for each in (contained, *_contained(contained))]


def _context(context: Any) -> Any:
    """Return a class of contexts that write the usage of a command in the language of the user."""

    class Formatter(context.formatter_class):  # type: ignore[misc]
        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            super().write_usage(prog, args, translate("Usage: ") if prefix is None else prefix)

    return type("Context", (context,), {"formatter_class": Formatter})


def _with_translated_errors(call: Callable[..., Any]) -> Callable[..., Any]:
    from typer import TyperException

    @wraps(call)
    def wrapped(*arguments: Any, **options: Any) -> Any:
        try:
            return call(*arguments, **options)
        except TyperException as error:
            text = translate(recognised(error.format_message()))
            error.format_message = lambda: text  # type: ignore[method-assign]
            raise

    return wrapped
