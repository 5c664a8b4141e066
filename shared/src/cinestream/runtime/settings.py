"""Settings from environment variables, a TOML file and defaults.

Environment variables override the TOML file, and the file overrides the defaults. Each setting is a field. Its
environment variable is `CINESTREAM_` and the name in upper case. The file that `CINESTREAM_CONFIG` names has the same
names in lower case and without prefix. A command without an address and a login of NATS takes them from the local run.
All invalid settings are reported together, and secrets are never printed.
"""

import os
from typing import Annotated, Any, ClassVar, Literal, TypeVar

import typer
from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from cinestream.contracts.text import masked
from cinestream.runtime.invalid_settings import Sources, messages
from cinestream.runtime.local_run import LocalRun
from cinestream.runtime.local_run_source import LocalRunSource
from cinestream.runtime.logs import configure_logs
from cinestream.runtime.renamed import (
    Environment,
    RenamedValues,
    TomlFile,
    conflict,
    file_variable,
    old_names,
    read_toml,
    renamed,
    renamed_values,
    warn_renamed,
)
from cinestream.runtime.variables import PREFIX, unknown_keys, unknown_variables
from cinestream_flow.message import Message, Translate, message_of
from cinestream_flow.printable import printable

__all__ = [
    "PORT",
    "PREFIX",
    "BusSettings",
    "CommonSettings",
    "FileSettings",
    "Names",
    "Port",
    "ServiceSettings",
    "bus_settings_of",
    "load_settings",
    "print_settings",
    "renamed",
    "wrong_settings",
]

Port = Annotated[int, Field(ge=1, le=65535)]
PORT = r"([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])"
"""The pattern of a port in an address."""


def _split(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Names = Annotated[list[str], NoDecode, BeforeValidator(_split)]
"""Texts separated by commas."""

Settings = TypeVar("Settings", bound="FileSettings")


class FileSettings(BaseSettings):
    """Settings from environment variables, the TOML file that `<prefix>CONFIG` names, and defaults."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources in the order of their priority."""
        path = os.environ.get(file_variable(settings_cls))
        toml = (TomlFile(settings_cls, path),) if path else ()
        return (init_settings, Environment(settings_cls), *toml, LocalRunSource(settings_cls))


class CommonSettings(FileSettings):
    """The settings of every command."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", env_ignore_empty=True)

    log_format: Literal["console", "json"] = Field("console", description="Format of log lines")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Lowest level that is logged")
    language: Literal["auto", "en", "fr"] = Field(
        "auto", description="Language of commands. auto reads LC_ALL, LC_MESSAGES and LANG. Logs and JSON are English"
    )


class BusSettings(CommonSettings):
    """The settings of every command that connects to NATS.

    Attributes:
        nats_role: NATS user that the command has in a local run, which is the one with its permissions.
    """

    nats_role: ClassVar[str] = ""

    nats_url: str = Field(
        "nats://127.0.0.1:4222",
        pattern=r"^(nats|tls)://([^/?#\s@]*@)?([^/?#\s@:\[\]]+|\[[\da-fA-F:.]+\])(:" + PORT + ")?/?$",
        examples=["nats://127.0.0.1:4222"],
        description="Address of the NATS server",
    )
    nats_user: str = Field("", description="NATS user. Empty for a server without users")
    nats_password: SecretStr = Field(SecretStr(""), description="Password of the NATS user")

    @classmethod
    def run_values(cls, run: LocalRun) -> dict[str, Any]:
        """Return the settings of a command that talks to a local run, or nothing if the run has no such user."""
        password = run.passwords.get(cls.nats_role)
        if password is None:
            return {}
        return {"nats_url": run.nats_url, "nats_user": cls.nats_role, "nats_password": password}


def bus_settings_of(role: str) -> type[BusSettings]:
    """Return the settings of a command that has no other ones, and logs in to a local run as the NATS user `role`."""
    return type("RoleSettings", (BusSettings,), {"__module__": __name__, "nats_role": role})


class ServiceSettings(BusSettings):
    """The settings of every service."""

    ops_host: str = Field("127.0.0.1", description="Address of the ops endpoints /livez, /readyz, /metrics")
    ops_port: Port = Field(9100, description="Port of the ops endpoints")
    ops_allowed_hosts: Names = Field(
        default_factory=list,
        description="Host names that the ops endpoints answer to, separated by commas, beside localhost and IP "
        "addresses. * for all",
    )
    ops_token: SecretStr = Field(
        SecretStr(""),
        description="Token for /ops/ on the ops port from other machines. Empty: only from this one",
    )


def load_settings(settings: type[Settings], *, translate: Translate = str, warn: bool = True) -> Settings:
    """Return the settings.

    Args:
        settings: Class of the settings.
        translate: Function that translates a message for the user.
        warn: False if a parent process has already warned of old names.

    Raises:
        SystemExit: Settings are wrong, or a name is unknown (code 2). Each one was reported on stderr.
    """
    loaded, errors, old = _read(settings)
    if loaded is not None and not errors:
        if warn:
            _warn_of_old_names(loaded, old)
        return loaded
    for message in errors:
        typer.echo(printable(masked(translate(message))), err=True)
    raise SystemExit(2)


def wrong_settings(settings: type[FileSettings]) -> list[Message]:
    """Return a message about each wrong value, each unknown name, and each file that cannot be read."""
    return _read(settings)[1]


def _read(settings: type[Settings]) -> tuple[Settings | None, list[Message], list[RenamedValues]]:
    """Return the settings, unless a value is wrong, a message about each fault, and the old names that are in use."""
    old: list[RenamedValues] = []
    errors: list[Message] = []
    try:
        sources = _sources(settings)
        errors = _unknown_names(sources)
        old = list(renamed_values(settings, sources.path))
        errors += [error for values in old if (error := conflict(settings, values))]
        return settings(), errors, old
    except ValidationError as error:
        errors += [_with_old_name(message, old) for message in messages(error, sources)]
    except SettingsError as error:
        errors = [message_of(error.__cause__)]
    except ValueError as error:
        errors = [message_of(error)]
    return None, errors, old


def _sources(settings: type[FileSettings]) -> Sources:
    """Return the sources of the settings.

    Raises:
        ValueError: The TOML file cannot be read.
    """
    variable = file_variable(settings)
    path = os.environ.get(variable)
    return Sources(settings, read_toml(path, variable), path) if path else Sources(settings, {})


def _unknown_names(sources: Sources) -> list[Message]:
    """Return a message about each unknown variable, and about each unknown key of a file without sections."""
    own = (*sources.settings.model_fields, *old_names(sources.settings).values())
    if sources.settings.model_config.get("extra") == "forbid":  # pydantic reports unknown keys
        return list(unknown_variables(os.environ))
    return [*unknown_variables(os.environ, own), *unknown_keys(sources.values, sources.path, own)]


def _with_old_name(message: Message, old: list[RenamedValues]) -> Message:
    """Return the message about a wrong setting. It also gives the old name, if the value was set by it."""
    for values in old:
        if values.new is None and message.values["name"] == values.new_label:
            return Message("{error}, set by its old name {name}", error=message, name=values.old_label)
    return message


def _warn_of_old_names(settings: FileSettings, old: list[RenamedValues]) -> None:
    if not old:
        return
    # Logs are usually configured after the settings are read, because the settings say how.
    configure_logs(
        getattr(settings, "log_format", "console"), getattr(settings, "log_level", "info"), service="settings"
    )
    for values in old:
        warn_renamed(values.old_label, values.new_label, both=values.new is not None)


def print_settings(settings: CommonSettings) -> None:
    """Print the effective settings as environment variables with masked secrets."""
    for name, value in settings.model_dump(mode="json").items():
        typer.echo(f"{PREFIX}{name.upper()}={'' if value is None else printable(masked(str(value)))}")
