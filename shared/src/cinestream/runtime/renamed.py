"""Settings that have a new name and still accept their old one.

A field made by `renamed` reads two environment variables and two keys of the TOML file. Only fields at the top level
of a settings class can be renamed this way, not keys inside of a section.
"""

import functools
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, TomlConfigSettingsSource

from cinestream_flow.logger import get_logger
from cinestream_flow.message import Message

_OLD = "old_name"
log = get_logger("settings")


def renamed(default: Any, *, old: str, **field_arguments: Any) -> Any:
    """Return a settings field that is also read by its old name.

    Args:
        default: Default value, as for `pydantic.Field`.
        old: Old name of the field, in lower case and without the prefix of environment variables.
        **field_arguments: Other arguments of `pydantic.Field`, for example `ge` and `description`.
    """
    return Field(default, json_schema_extra={_OLD: old}, **field_arguments)


def old_names(settings: type[BaseSettings]) -> dict[str, str]:
    """Return the old name of each renamed field."""
    return {
        name: str(extra[_OLD])
        for name, field in settings.model_fields.items()
        if isinstance(extra := field.json_schema_extra, dict) and _OLD in extra
    }


def file_variable(settings: type[BaseSettings]) -> str:
    """Return the name of the variable that names the TOML file."""
    return f"{settings.model_config.get('env_prefix') or ''}CONFIG"


def read_toml(path: str, variable: str) -> dict[str, Any]:
    """Return the content of a TOML file of settings.

    Args:
        path: Path of the file.
        variable: Name of the variable that names the file.

    Raises:
        ValueError: The file cannot be read, or is not TOML. The message states the cure.
    """
    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        raise ValueError(Message("{name}: there is no file {path}", name=variable, path=path)) from None
    except OSError as error:
        raise ValueError(
            Message("{name}: {path} cannot be read ({error})", name=variable, path=path, error=error.strerror)
        ) from None
    except (ValueError, RecursionError) as error:  # neither UTF-8 nor TOML, or nested too deeply
        raise ValueError(
            Message(
                '{name}: {path} is not TOML ({error}). Write one setting per line, as log_level = "info"',
                name=variable,
                path=path,
                error=error,
            )
        ) from None


class Environment(EnvSettingsSource):
    """Environment variables, by the new or the old name of a field."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the raw value, its key and whether the value is JSON, as the overridden method does."""
        value, key, is_json = super().get_field_value(field, field_name)
        if value is None and (old := old_names(self.settings_cls).get(field_name)):
            value, _, is_json = super().get_field_value(field, old)
        return value, key, is_json

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """Return the value of a list or a section that is written as JSON.

        Raises:
            ValueError: It is not JSON.
        """
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            name = f"{self.env_prefix}{field_name}".upper()
            raise ValueError(Message('{name}: expected JSON like {{"key": "value"}}', name=name)) from None

    def value_of(self, field: FieldInfo, name: str) -> Any:
        """Return the decoded value of exactly this name, or None where the variable is unset or empty."""
        value, _, is_json = super().get_field_value(field, name)
        return None if value is None else self.prepare_field_value(name, field, value, is_json)


class TomlFile(TomlConfigSettingsSource):
    """A TOML file, by the new or the old name of a field."""

    def __call__(self) -> dict[str, Any]:
        """Return the values by the new names of their fields."""
        values = super().__call__()
        for name, old in old_names(self.settings_cls).items():
            if old in values:
                values.setdefault(name, values.pop(old))
        return values


@dataclass(frozen=True)
class RenamedValues:
    """The values of one renamed field: by its new and by its old name, each None where it is not set.

    `new_label` and `old_label` name the variable, or the key and the file.
    """

    name: str
    new_label: str
    old_label: str
    new: Any
    old: Any


def renamed_values(settings: type[BaseSettings], toml_path: str | None) -> Iterator[RenamedValues]:
    """Yield the renamed fields whose old name is in use."""
    names = old_names(settings)
    if not names:
        return  # most commands: the file need not be read a second time
    environment = Environment(settings)
    values = TomlFile(settings, toml_path).toml_data if toml_path else {}
    prefix = settings.model_config.get("env_prefix") or ""

    def find(field: FieldInfo, name: str) -> tuple[Any, str]:
        variable = f"{prefix}{name}".upper()
        if (value := environment.value_of(field, name)) is not None:
            return value, variable
        return (values[name], f"{name} in {toml_path}") if name in values else (None, variable)

    for name, old_name in names.items():
        field = settings.model_fields[name]
        new, new_label = find(field, name)
        old, old_label = find(field, old_name)
        if old is None:
            continue
        if new is None and old_label == f"{old_name} in {toml_path}":
            new_label = f"{name} in {toml_path}"  # the file does not read the name of a variable
        yield RenamedValues(name, new_label, old_label, new, old)


def conflict(settings: type[BaseSettings], values: RenamedValues) -> Message | None:
    """Return an error message if both names are set to different values. The message shows neither value."""
    if values.new is None or _validated(settings, values.name, values.new) == _validated(
        settings, values.name, values.old
    ):
        return None
    return Message("{old}: differs from {new}, its new name. Remove {old}", old=values.old_label, new=values.new_label)


def _validated(settings: type[BaseSettings], name: str, value: Any) -> Any:
    """Return the value as the field holds it, so that `16` in the environment equals 16 in a file."""
    try:
        model = settings.__pydantic_validator__.validate_assignment(settings.model_construct(), name, value)
    except ValidationError:  # reported when the settings are read
        return value
    return getattr(model, name)


@functools.cache
def warn_renamed(old: str, new: str, *, both: bool) -> None:
    """Log once per process that a setting has a new name. `both` is True if the new name is set, too."""
    action = f"remove {old}" if both else f"rename it to {new}. The old name will be removed"
    log.warning("settings.renamed", old=old, new=new, action=action)
