"""Messages about invalid settings. Each one names the setting, the reason and an example, and shows no secret."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import AliasChoices, BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from cinestream.contracts.text import masked
from cinestream.runtime import variables
from cinestream.runtime.expectations import reason_of
from cinestream_flow.message import Message, message_of

_MAX_SHOWN = 200
"""Characters of a wrong value that a message shows."""
Loc = tuple[int | str, ...]
"""The place of a value in the settings, as pydantic gives it."""


@dataclass(frozen=True)
class Sources:
    """The sources of the settings of a class: the environment, and the values and the path of the TOML file."""

    settings: type[BaseSettings]
    values: Mapping[str, Any]
    path: str = ""

    def label(self, loc: Loc) -> str:
        """Return what sets the value at a place: the variable, or the key and the file."""
        if self.is_variable(loc):
            return self.variable(loc)
        key = ".".join(self._parts(loc))
        return f"{key} in {self.path}" if _holds(self.values, self._parts(loc)) else key

    def name(self, loc: Loc, *, like: Loc) -> str:
        """Return the name of a setting, as a variable or as a key, whichever sets the value at the place `like`."""
        return self.variable(loc) if self.is_variable(like) else ".".join(self._parts(loc))

    def is_variable(self, loc: Loc) -> bool:
        """Return True if a variable sets the value at a place, or if nothing sets it and it has no section."""
        parts = self._parts(loc)
        is_set = self.variable(loc) in map(str.upper, os.environ)
        return is_set or not (self._delimiter or _holds(self.values, parts))

    def variable(self, loc: Loc) -> str:
        """Return the name of the variable for a place."""
        return f"{self.settings.model_config.get('env_prefix')}{self._delimiter.join(self._parts(loc))}".upper()

    @property
    def _delimiter(self) -> str:
        return self.settings.model_config.get("env_nested_delimiter") or ""

    def _parts(self, loc: Loc) -> list[str]:
        parts = [part for part in loc if isinstance(part, str)]
        return parts if self._delimiter else parts[:1]


def messages(error: ValidationError, sources: Sources) -> list[Message]:
    """Return a message about each wrong setting."""
    return [_message(details, sources) for details in error.errors()]


def _message(details: Any, sources: Sources) -> Message:
    loc, value = details["loc"], details["input"]
    owner, field = _field(sources.settings, loc)
    if details["type"] == "extra_forbidden":
        nearest = variables.nearest(str(loc[-1]).lower(), _names(owner))
        return variables.unknown(sources.label(loc), nearest and sources.name((*loc[:-1], nearest), like=loc))
    label, reason = sources.label(loc), reason_of(details, field)
    if masked(reason) != reason:
        reason = message_of(masked(reason))
    is_shown = details["type"] == "value_error" and masked(str(value)) in reason
    if is_shown or isinstance(value, dict | BaseModel) or _is_secret(field):
        return Message("{name}: {reason}", name=label, reason=reason)
    return Message("{name}: {reason} (got {value})", name=label, reason=reason, value=_short(masked(repr(value))))


def _field(settings: type[BaseModel], loc: Loc) -> tuple[type[BaseModel], FieldInfo | None]:
    """Return the field at a place, None if there is none, and the class of the section that the place is in."""
    owner, field = settings, None
    for part in loc:
        if field is not None:
            if not (isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)):
                break
            owner = field.annotation
        field = next((field for name, field in owner.model_fields.items() if part in _aliases(name, field)), None)
    return owner, field


def _names(owner: type[BaseModel]) -> list[str]:
    return [alias for name, field in owner.model_fields.items() for alias in _aliases(name, field)]


def _aliases(name: str, field: FieldInfo) -> list[str]:
    choices = field.validation_alias
    return [name, *(str(choice) for choice in choices.choices)] if isinstance(choices, AliasChoices) else [name]


def _short(text: str) -> str:
    """Return the beginning of a text that would fill the terminal."""
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"


def _is_secret(field: FieldInfo | None) -> bool:
    return field is not None and field.annotation is SecretStr


def _holds(values: Any, parts: list[str]) -> bool:
    """Return True if nested tables have a value at the path of keys."""
    for part in parts:
        if not isinstance(values, Mapping) or part not in values:
            return False
        values = values[part]
    return True
