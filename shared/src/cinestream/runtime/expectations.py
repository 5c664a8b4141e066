"""Reasons why pydantic refuses a value, in plain English with an example instead of a regular expression."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic.fields import FieldInfo

from cinestream_flow.message import Message, message_of

_QUOTED = re.compile(r"'([^']*)'")


def reason_of(details: Any, field: FieldInfo | None) -> Message:
    """Return why a value is refused.

    Args:
        details: Error of pydantic, as `ValidationError.errors` returns it.
        field: Field of the value. Its `examples`, or else its default, give the example.
    """
    kind, context = details["type"], details.get("ctx", {})
    if kind == "value_error":
        return message_of(context["error"])
    return _limit(kind, context) or _expectation(kind, context, _example(field)) or message_of(details["msg"])


def _limit(kind: str, context: Mapping[str, Any]) -> Message | None:
    match kind:
        case "greater_than_equal":
            return Message("expected at least {limit}", limit=context["ge"])
        case "greater_than":
            return Message("expected more than {limit}", limit=context["gt"])
        case "less_than_equal":
            return Message("expected at most {limit}", limit=context["le"])
        case "less_than":
            return Message("expected less than {limit}", limit=context["lt"])
    return None


def _expectation(kind: str, context: Mapping[str, Any], example: Any) -> Message | None:
    match kind.partition("_")[0]:
        case "literal" | "enum":
            return Message("expected one of {values}", values=", ".join(_QUOTED.findall(context["expected"])))
        case "int":
            return Message("expected a whole number like {example}", example=example or 10)
        case "float" | "finite":
            return Message("expected a number like {example}", example=example or 1.5)
        case "bool":
            return Message("expected true or false")
        case "model" | "dict":
            return Message("expected a section with keys")
        case "ip":
            return Message("expected an address or a network like {example}", example=example)
    if kind == "string_pattern_mismatch":
        return Message("expected a value like {example}", example=example)
    if kind in ("string_type", "path_type"):
        return Message("expected a text in quotes")
    if kind.endswith("_type"):
        return Message("expected a list")
    return None


def _example(field: FieldInfo | None) -> Any:
    if field is None:
        return None
    return field.examples[0] if field.examples else field.get_default(call_default_factory=False)
