"""The settings of the exporter: environment over TOML file over defaults; unknown keys are errors.

The file is the one that `CINESTREAM_TRAKT_CONFIG` names. The variable of a key is `CINESTREAM_TRAKT_` and its path in
capitals, parts joined by two underscores: `[retry] max_delay` is `CINESTREAM_TRAKT_RETRY__MAX_DELAY`.
"""

import os
import re
from pathlib import Path
from typing import Annotated, Any

import platformdirs
import typer
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

PREFIX = "CINESTREAM_TRAKT_"
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def _seconds(value: Any) -> Any:
    """Seconds from "500ms", "30s", "5m", "24h"; numbers stay."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h)\s*", value) if isinstance(value, str) else None
    return float(match[1]) * _UNITS[match[2]] if match else value


Duration = Annotated[float, BeforeValidator(_seconds), Field(gt=0, le=86400)]
Url = Annotated[str, Field(pattern=r"^https?://[^/]+(/.*[^/])?$")]


class Section(BaseModel):
    """A section of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Performance(Section):
    """`[api.performance]`."""

    rate_limit_per_sec: Annotated[float, Field(gt=0, le=1000)] = Field(
        5.0, description="Requests a second on average; Trakt's own limits are kept besides"
    )
    connection_pool: Annotated[int, Field(ge=1, le=1000)] = Field(20, description="Connections at once, at most")
    request_timeout: Duration = Field(30.0, description="How long one request may take to connect, or to go on")
    idle_timeout: Duration = Field(90.0, description="How long an unused connection is kept open")


class Api(Section):
    """`[api]`."""

    url: Url = Field("https://api.trakt.tv", description="Where Trakt's API is")
    auth_url: Url = Field("https://auth.trakt.tv", description="Where Trakt's OAuth is")
    client_id: str = Field("", description="Of your application at https://trakt.tv/oauth/applications")
    client_secret: SecretStr = Field(SecretStr(""), description="Of the same application")
    performance: Performance = Performance()


class Workers(Section):
    """`[worker_pool]`."""

    size: Annotated[int, Field(ge=1, le=100)] = Field(4, description="Pages that are asked for at once")


class Retry(Section):
    """`[retry]`."""

    max_attempts: Annotated[int, Field(ge=1, le=100)] = Field(6, description="How often a request is tried in all")
    initial_delay: Duration = Field(1.0, description="Wait before the second try")
    max_delay: Duration = Field(60.0, description="No wait is longer, unless Trakt asks for it")
    backoff_factor: Annotated[float, Field(ge=1, le=10)] = Field(2.0, description="How much longer each wait is")


class Breaker(Section):
    """`[breaker]`."""

    failures: Annotated[int, Field(ge=1, le=1000)] = Field(5, description="Server faults in a row that open it")
    open_for: Duration = Field(30.0, description="How long nobody is let through")


class Checkpoints(Section):
    """`[checkpoints]`."""

    dir: Path = Field(
        default_factory=lambda: platformdirs.user_state_path("cinestream-trakt"),
        description="Where unfinished exports are kept",
    )


class Login(Section):
    """`[login]`."""

    token_file: Path = Field(
        default_factory=lambda: platformdirs.user_config_path("cinestream-trakt") / "token.json",
        description="Where the login is kept, readable by you alone",
    )


class TraktSettings(BaseSettings):
    """What the exporter can be told."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", env_ignore_empty=True, extra="forbid", frozen=True
    )

    api: Api = Api()
    worker_pool: Workers = Workers()
    retry: Retry = Retry()
    breaker: Breaker = Breaker()
    checkpoints: Checkpoints = Field(default_factory=Checkpoints)
    login: Login = Field(default_factory=Login)

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
        return (init_settings, env_settings, *((TomlConfigSettingsSource(settings_cls, path),) if path else ()))


def load_settings() -> TraktSettings:
    """Read the settings, or exit with code 2 after naming every key that is wrong."""
    path = os.environ.get(f"{PREFIX}CONFIG")
    if path and not os.path.isfile(path):
        typer.echo(f"{PREFIX}CONFIG: there is no file {path}", err=True)
        raise SystemExit(2)
    try:
        return TraktSettings()
    except ValidationError as error:
        for fault in error.errors(include_input=False):
            typer.echo(f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}", err=True)
    except ValueError as error:  # an unreadable TOML file
        typer.echo(f"settings: {error}", err=True)
    raise SystemExit(2)
