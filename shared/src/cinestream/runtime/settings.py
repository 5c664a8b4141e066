"""Settings: environment over TOML file over defaults; all faults at once, each naming its variable.

Every setting is a field; its environment variable is `CINESTREAM_` and the name in capitals. The file that
`CINESTREAM_CONFIG` names holds the same names in lower case, without prefix. Secrets are never printed.
"""

import os
from typing import Annotated, Literal, TypeVar

import typer
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

PREFIX = "CINESTREAM_"
Port = Annotated[int, Field(ge=1, le=65535)]
Settings = TypeVar("Settings", bound="CommonSettings")


class CommonSettings(BaseSettings):
    """What every command of CineStream can be told."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", env_ignore_empty=True)

    log_format: Literal["console", "json"] = Field("console", description="How log lines are written")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least level that is logged"
    )

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
        path = os.environ.get(f"{PREFIX}CONFIG")
        toml = (TomlConfigSettingsSource(settings_cls, path),) if path else ()
        return (init_settings, env_settings, *toml)


class BusSettings(CommonSettings):
    """How a command reaches NATS."""

    nats_url: str = Field("nats://127.0.0.1:4222", pattern=r"^(nats|tls)://.+", description="Where NATS listens")
    nats_user: str = Field("", description="NATS user; empty for a server without users")
    nats_password: SecretStr = Field(SecretStr(""), description="Password of the NATS user")


class ServiceSettings(BusSettings):
    """What every service can be told."""

    ops_host: str = Field("127.0.0.1", description="Address of the ops endpoints /livez, /readyz, /metrics")
    ops_port: Port = Field(9100, description="Port of the ops endpoints")


def load_settings(settings: type[Settings]) -> Settings:
    """Read the settings, or exit with code 2 after naming every variable that is wrong."""
    path = os.environ.get(f"{PREFIX}CONFIG")
    if path and not os.path.isfile(path):
        typer.echo(f"{PREFIX}CONFIG: there is no file {path}", err=True)
        raise SystemExit(2)
    try:
        return settings()
    except ValidationError as error:
        for fault in error.errors():
            name = PREFIX + "_".join(str(part) for part in fault["loc"][:1]).upper()
            secret = "password" in name.lower() or "token" in name.lower()
            got = "" if secret else f" (got {fault['input']!r})"
            typer.echo(f"{name}: {fault['msg']}{got}", err=True)
    except ValueError as error:  # an unreadable TOML file, or a list that is not JSON
        typer.echo(f"settings: {error}", err=True)
    raise SystemExit(2)


def print_settings(settings: CommonSettings) -> None:
    """Print the effective settings as environment variables, secrets masked."""
    for name, value in settings.model_dump(mode="json").items():
        typer.echo(f"{PREFIX}{name.upper()}={'' if value is None else value}")
