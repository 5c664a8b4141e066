"""Texts for a user that an application can translate.

The core of a program writes plain English and does not know the language of its user. The command line translates a
text by its template, which is the key in a gettext catalogue.
"""

from collections.abc import Callable, Mapping
from typing import Any, Self

import orjson

Translate = Callable[[str], str]
"""A function that translates a message into the language of the user, and returns any other text unchanged."""


class Message(str):
    """A text in plain English that keeps its template and its values.

    It can be used in any exception and wherever a text is expected:

        raise Invalid(Message("{name} has more than {limit:,} bytes", name=name, limit=limit))

    A value may be another message, or an exception whose first argument is one. The application then translates it
    too. Tools that extract the templates look for calls of this class, so a template must be a literal.

    Args:
        template: Text in the syntax of `str.format` with named fields.
        values: Value of each field.
    """

    template: str
    plural: str = ""
    values: Mapping[str, Any]

    def __new__(cls, template: str, /, **values: Any) -> Self:
        """Format the text."""
        return cls._made(template, values)

    @classmethod
    def _made(cls, template: str, values: Mapping[str, Any], plural: str = "") -> Self:
        chosen = plural if plural and values["count"] != 1 else template
        message = super().__new__(cls, chosen.format(**values))
        message.template, message.values, message.plural = template, values, plural
        return message

    def dumps(self) -> str:
        """Return the message as JSON, for a file. Values that JSON does not know are stored as their text."""
        return orjson.dumps(_parts(self)).decode()

    @staticmethod
    def loads(text: str) -> "Message":
        """Return the message that `dumps` stored. Raise ValueError for any other text."""
        try:
            return _message(orjson.loads(text))
        except (ValueError, KeyError) as error:
            raise ValueError(f"not a stored message ({error})") from None


class Plural(Message):
    """A message with a form for one and a form for several.

    Args:
        template: Text for a count of 1.
        plural: Text for every other count. A translation may have more forms.
        count: Number that selects the form. It is also the value of the field `count`.
        values: Value of each other field.
    """

    def __new__(cls, template: str, plural: str, /, *, count: int, **values: Any) -> Self:
        """Format the text that fits the count."""
        return cls._made(template, {"count": count, **values}, plural)


def message_of(text: object) -> Message:
    """Return the message in an exception, a message unchanged, or a new message with any other text."""
    if isinstance(text, Exception) and text.args and isinstance(text.args[0], Message):
        return text.args[0]
    return text if isinstance(text, Message) else Message._made("{text}", {"text": str(text)})


def _parts(message: Message) -> list[Any]:
    return [message.template, message.plural, {name: _stored(value) for name, value in message.values.items()}]


def _stored(value: object) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    return _parts(message_of(value)) if isinstance(value, Message | Exception) else str(value)


def _message(parts: object) -> Message:
    match parts:
        case [str() as template, str() as plural, dict() as values]:
            restored = {name: _message(value) if isinstance(value, list) else value for name, value in values.items()}
            return (Plural if plural else Message)._made(template, restored, plural)
    raise ValueError("expected a template, a plural and values")
