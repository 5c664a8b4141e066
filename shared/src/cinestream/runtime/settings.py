"""Settings: environment over TOML file over defaults; all faults at once, each naming its variable.

Every setting is a field; its environment variable is `CINESTREAM_` and the name in capitals. The file that
`CINESTREAM_CONFIG` names holds the same names in lower case, without prefix. Secrets are never printed.
"""

import os
import re
from collections.abc import Callable
from typing import Annotated, Literal, TypeVar

import typer
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from cinestream.runtime.logs import configure_logs
from cinestream.runtime.renamed import (
    Environment,
    RenamedValues,
    TomlFile,
    conflict,
    old_names,
    renamed,
    renamed_values,
    warn_renamed,
)

__all__ = [
    "PREFIX",
    "BusSettings",
    "CommonSettings",
    "FileSettings",
    "Port",
    "ServiceSettings",
    "load_settings",
    "masked",
    "print_settings",
    "renamed",
]

PREFIX = "CINESTREAM_"
_CREDENTIALS = re.compile(r"(?<=://)[^/?#\s]*(?=@)")
Port = Annotated[int, Field(ge=1, le=65535)]
Settings = TypeVar("Settings", bound="FileSettings")


class FileSettings(BaseSettings):
    """Settings by environment over TOML file over defaults; the variable `<prefix>CONFIG` names the file.

    With `env_nested_delimiter` the file has sections, and a variable that fits to none is an error.
    """

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment over TOML file over defaults."""
        path = os.environ.get(_file_variable(settings_cls))
        toml = (TomlFile(settings_cls, path),) if path else ()
        return (init_settings, Environment(settings_cls), *toml)


class CommonSettings(FileSettings):
    """What every command of CineStream can be told."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", env_ignore_empty=True)

    log_format: Literal["console", "json"] = Field("console", description="How log lines are written")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least level that is logged"
    )


class BusSettings(CommonSettings):
    """How a command reaches NATS."""

    nats_url: str = Field("nats://127.0.0.1:4222", pattern=r"^(nats|tls)://.+", description="Where NATS listens")
    nats_user: str = Field("", description="NATS user; empty for a server without users")
    nats_password: SecretStr = Field(SecretStr(""), description="Password of the NATS user")


class ServiceSettings(BusSettings):
    """What every service can be told."""

    ops_host: str = Field("127.0.0.1", description="Address of the ops endpoints /livez, /readyz, /metrics")
    ops_port: Port = Field(9100, description="Port of the ops endpoints")


def load_settings(settings: type[Settings], *, translate: Callable[[str], str] = str) -> Settings:
    """Read the settings, or exit with code 2 after naming every variable (or key of a section) that is wrong.

    `translate` returns a message in the language of the user.
    """
    variable = _file_variable(settings)
    path = os.environ.get(variable)
    if path and not os.path.isfile(path):
        typer.echo(translate(f"{variable}: there is no file {path}"), err=True)
        raise SystemExit(2)
    try:
        old = list(renamed_values(settings, path))
        faults = [f"{name}: there is no such setting" for name in _unknown_variables(settings)]
        faults += [fault for values in old if (fault := conflict(settings, values))]
        for fault in faults:
            typer.echo(translate(fault), err=True)
        if not faults:
            loaded = settings()
            _warn_of_old_names(loaded, old)
            return loaded
    except ValidationError as error:
        labels = {values.name: values.old_label for values in old if values.new is None}
        for details in error.errors():
            fault = _fault(settings, details["loc"], details["msg"], details["input"])
            label = labels.get(str(details["loc"][0])) if details["loc"] else None
            typer.echo(translate(f"{fault}, set by its old name {label}" if label else fault), err=True)
    except ValueError as error:  # an unreadable TOML file, or a list that is not JSON
        typer.echo(translate(f"settings: {error}"), err=True)
    raise SystemExit(2)


def _warn_of_old_names(settings: FileSettings, old: list[RenamedValues]) -> None:
    if not old:
        return
    # Logs are usually configured after the settings are read, because the settings say how.
    configure_logs(
        getattr(settings, "log_format", "console"), getattr(settings, "log_level", "info"), service="settings"
    )
    for values in old:
        warn_renamed(values.old_label, values.new_label)


def _fault(settings: type[FileSettings], loc: tuple[int | str, ...], message: str, value: object) -> str:
    """A fault for its user: the key in a file of sections, else the variable. A value is shown that is no secret.

    The message may quote the value, so it is masked, too.
    """
    if settings.model_config.get("env_nested_delimiter"):
        return masked(f"{'.'.join(str(part) for part in loc)}: {message}")
    name = (settings.model_config.get("env_prefix") or "") + "_".join(str(part) for part in loc[:1]).upper()
    secret = "password" in name.lower() or "token" in name.lower()
    return masked(f"{name}: {message}" + ("" if secret else f" (got {value!r})"))


def _unknown_variables(settings: type[FileSettings]) -> list[str]:
    """Variables with the prefix of settings in sections that fit to no section; inner names are checked with the rest.

    A prefix without sections is shared with other programs, whose variables are none of ours.
    """
    delimiter = settings.model_config.get("env_nested_delimiter")
    if not delimiter:
        return []
    prefix = settings.model_config.get("env_prefix") or ""
    names = (*settings.model_fields, *old_names(settings).values())
    known = {_file_variable(settings), *(f"{prefix}{name}".upper() for name in names)}
    mine = (name for name in sorted(os.environ) if name.startswith(prefix))
    return [name for name in mine if name not in known and prefix + _first(name, prefix, delimiter) not in known]


def _first(name: str, prefix: str, delimiter: str) -> str:
    return name.removeprefix(prefix).partition(delimiter)[0]


def _file_variable(settings: type[BaseSettings]) -> str:
    return f"{settings.model_config.get('env_prefix') or ''}CONFIG"


def print_settings(settings: CommonSettings) -> None:
    """Print the effective settings as environment variables, secrets masked."""
    for name, value in settings.model_dump(mode="json").items():
        typer.echo(f"{PREFIX}{name.upper()}={'' if value is None else masked(str(value))}")


def masked(text: str) -> str:
    """Text without the names and passwords in its addresses."""
    return _CREDENTIALS.sub("***", text)
