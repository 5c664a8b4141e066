"""The settings of the exporter. Environment variables override the TOML file, and unknown keys are errors.

`CINESTREAM_TRAKT_CONFIG` names the file. The variable of a key is `CINESTREAM_TRAKT_` and its path in capitals, with
two underscores between the parts: `[retry] max_delay` is `CINESTREAM_TRAKT_RETRY__MAX_DELAY`.
"""

import json
import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import platformdirs
from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from cinestream.runtime import durations
from cinestream.runtime import settings as runtime
from cinestream_flow.message import Message, Translate
from cinestream_trakt_export.options import LETTERBOXD, Fault, Level
from cinestream_trakt_export.sizes import Size

PREFIX = "CINESTREAM_TRAKT_"
Duration = Annotated[durations.Duration, Field(gt=0, le=366 * 86_400)]
Url = Annotated[str, Field(pattern=r"^https?://[^/]+(/.*[^/])?$", examples=["https://api.trakt.tv"])]
Count = Annotated[int, Field(ge=1, le=1_000_000)]


def _names(value: Any) -> Any:
    """Return the names in a text, which are separated by commas or are a list in JSON."""
    if not isinstance(value, str):
        return value
    return json.loads(value) if value.startswith("[") else [name.strip() for name in value.split(",") if name.strip()]


class Section(BaseModel):
    """A section of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Performance(Section):
    """`[api.performance]`."""

    rate_limit_per_sec: Annotated[float, Field(gt=0, le=1000)] = Field(
        5.0, description="Requests per second on average; the limits that Trakt sends apply in any case"
    )
    connection_pool: Annotated[int, Field(ge=1, le=1000)] = Field(20, description="Maximum number of open connections")
    request_timeout: Duration = Field(
        30.0, description="Time limit for connecting, and for each pause within a response"
    )
    idle_timeout: Duration = Field(90.0, description="Time after which an unused connection is closed")


class Api(Section):
    """`[api]`."""

    url: Url = Field("https://api.trakt.tv", description="Address of Trakt's API")
    auth_url: Url = Field("https://auth.trakt.tv", description="Address of Trakt's OAuth")
    client_id: str = Field("", description="Client id of your application at https://trakt.tv/oauth/applications")
    client_secret: SecretStr = Field(SecretStr(""), description="Client secret of the same application")
    extended: Level = Field(
        LETTERBOXD,
        description="Level of detail that Trakt is asked for, and the columns of the files. `letterboxd`: exactly "
        "those that Letterboxd imports; `min`: fewer; `full`, `metadata`, `images`: additional facts",
    )
    performance: Performance = Performance()


class Cache(Section):
    """`[api.cache]`, or `[cache]`."""

    @model_validator(mode="after")
    def _has_a_key(self) -> Self:
        key = self.encryption_key.get_secret_value()
        if self.encryption and not re.fullmatch(r"[A-Za-z0-9_-]{43}=", key):
            raise ValueError(Message("encryption needs encryption_key: make one by 'cinestream-trakt cache key'"))
        if self.keep < self.ttl:
            raise ValueError(Message("keep is shorter than ttl"))
        return self

    enabled: bool = Field(True, description="Cache responses")
    store: Literal["memory", "sqlite"] = Field("sqlite", description="Place of the cache; `sqlite` outlives the run")
    dir: Path = Field(
        default_factory=lambda: platformdirs.user_cache_path("cinestream-trakt"),
        description="Folder of the SQLite file",
    )
    capacity: Count = Field(1000, description="Maximum number of cached responses")
    max_bytes: Size = Field(64_000_000, description="Maximum size of the cache in bytes")
    ttl: Duration = Field(
        86400.0,
        description="Time for which the details of a film are fresh; lists are requested each time, with their ETag",
    )
    keep: Duration = Field(
        7 * 86400.0,
        description="Time for which a response is stored, for ETags and for when Trakt is down; at least `ttl`",
    )
    cache_strategy: Literal["lru"] = Field("lru", description="Response that is evicted first: the least recently used")
    compression: bool = Field(True, description="Compress responses over 1 KB")
    encryption: bool = Field(False, description="Encrypt responses; needs `encryption_key`")
    encryption_key: SecretStr = Field(
        SecretStr(""), description="32 bytes in URL-safe base64; `cinestream-trakt cache key` prints a new key"
    )
    cleanup_interval: Duration = Field(3600.0, description="Time between removals of responses older than `keep`")


class Workers(Section):
    """`[worker_pool]`."""

    size: Annotated[int, Field(ge=1, le=100)] = Field(10, description="Maximum number of concurrent requests")
    buffer_size: Count = Field(20, description="Results of a batch that are written together")
    max_queue_size: Count = Field(
        1000, description="Maximum number of requests that wait for a worker; further requests are rejected"
    )
    worker_timeout: Duration = Field(30.0, description="Time limit for one attempt of a request")


class Retry(Section):
    """`[retry]`."""

    max_attempts: Annotated[int, Field(ge=1, le=100)] = Field(6, description="Maximum number of attempts of a request")
    initial_delay: Duration = Field(1.0, description="Delay before the second attempt")
    max_delay: Duration = Field(60.0, description="Maximum delay, unless Trakt asks for a longer one")
    backoff_factor: Annotated[float, Field(ge=1, le=10)] = Field(
        2.0, description="Factor by which each delay is longer than the one before"
    )
    retry_on: Annotated[frozenset[Fault], NoDecode, BeforeValidator(_names)] = Field(
        frozenset({"network", "timeout", "server", "rate_limit"}),
        description="Faults after which a request is tried again",
    )


class Breaker(Section):
    """`[breaker]`."""

    failures: Annotated[int, Field(ge=1, le=1000)] = Field(
        5, description="Consecutive server faults that open the circuit"
    )
    open_for: Duration = Field(30.0, description="Time until a request tests an open circuit")


class Capabilities(Section):
    """`[capabilities]`."""

    retry: bool = Field(True, description="Retry failed requests")
    limiter: bool = Field(True, description="Apply `rate_limit_per_sec`; pauses that Trakt asks for apply in any case")
    breaker: bool = Field(True, description="Send no requests while Trakt is down")
    metrics: bool = Field(True, description="Collect metrics and statistics")
    concurrency: bool = Field(True, description="Send requests concurrently")


class Backpressure(Section):
    """`[streaming.backpressure]`."""

    enabled: bool = Field(True, description="Slow the source down before `memory_limit` is reached")
    threshold: Annotated[float, Field(gt=0, le=1)] = Field(
        0.8, description="Part of `memory_limit` at which the strategy applies"
    )
    strategy: Literal["slow_down", "block", "drop"] = Field(
        "slow_down", description="Reaction of the source: pause longer and longer, stop, or leave pages out"
    )


class Streaming(Section):
    """`[streaming]`."""

    enabled: bool = Field(True, description="Process chunks concurrently; otherwise one after the other")
    chunk_size: Count = Field(1000, description="Items that pass the stages together")
    buffer_size: Size = Field(8192, description="Bytes that are written to a file together")
    max_concurrent_stages: Annotated[int, Field(ge=1, le=100)] = Field(
        3,
        validation_alias=AliasChoices("max_concurrent_stages", "parallel_stages"),
        description="Maximum number of chunks in the stages; also `parallel_stages`",
    )
    memory_limit: Size = Field(
        100_000_000, description="Maximum memory in bytes, measured above that of the idle process"
    )
    backpressure: Backpressure = Backpressure()


class Checkpoints(Section):
    """`[checkpoints]`."""

    dir: Path = Field(
        default_factory=lambda: platformdirs.user_state_path("cinestream-trakt"),
        description="Folder of unfinished exports",
    )
    interval: Duration = Field(
        10.0,
        description="Time after which pages that were read survive a power cut; they survive a kill at once",
    )
    every: Count = Field(50_000, description="Items after which they survive a power cut, if that is sooner")
    max_checkpoints: Count = Field(10, description="Maximum number of unfinished exports; the oldest are deleted")


class Profiling(Section):
    """`[profiling]`."""

    enabled: bool = Field(False, description="Serve /debug/profile and /debug/heap on loopback")
    port: runtime.Port = Field(
        6060, validation_alias=AliasChoices("port", "pprof_port"), description="Port of these pages; also `pprof_port`"
    )
    sample_rate: Annotated[int, Field(ge=1, le=10_000)] = Field(100, description="Samples per second")


class Export(Section):
    """`[export]`."""

    mode: Literal["auto", "aggregated", "individual"] = Field(
        "auto",
        description="A row per film or per viewing; `auto`: per viewing for the history, per film for other lists",
    )
    language: Literal["auto", "en", "fr"] = Field(
        "auto", description="Language of messages; `auto`: that of LC_ALL, LC_MESSAGES or LANG"
    )


class Login(Section):
    """`[login]`."""

    token_file: Path = Field(
        default_factory=lambda: platformdirs.user_config_path("cinestream-trakt") / "token.json",
        description="File of the login, which only you can read",
    )
    keyring: bool = Field(
        False, description="Store the login in the system's keyring instead; needs the extra `keyring`"
    )


class TraktSettings(runtime.FileSettings):
    """The settings of the exporter."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", env_ignore_empty=True, extra="forbid", frozen=True
    )

    api: Api = Api()
    cache: Cache = Field(default_factory=Cache)
    worker_pool: Workers = Workers()
    retry: Retry = Retry()
    breaker: Breaker = Breaker()
    capabilities: Capabilities = Capabilities()
    streaming: Streaming = Streaming()
    checkpoints: Checkpoints = Field(default_factory=Checkpoints)
    profiling: Profiling = Profiling()
    export: Export = Export()
    login: Login = Field(default_factory=Login)

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], *args: PydanticBaseSettingsSource, **sources: PydanticBaseSettingsSource
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the usual sources, with `[api.cache]` renamed to `[cache]`."""
        usual = super().settings_customise_sources(settings_cls, *args, **sources)
        return tuple(_CacheOfApi(source) for source in usual)


class _CacheOfApi(PydanticBaseSettingsSource):
    """A source that renames the section `[api.cache]` to `[cache]`."""

    def __init__(self, source: PydanticBaseSettingsSource) -> None:
        super().__init__(source.settings_cls)
        self._source = source

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        """Return the value of the source. pydantic-settings calls only `__call__`."""
        return self._source.get_field_value(field, field_name)

    def __call__(self) -> dict[str, Any]:
        values = self._source()
        if isinstance(api := values.get("api"), dict) and "cache" in api:
            values = {**values, "api": {**api}}
            values["cache"] = {**values["api"].pop("cache"), **values.get("cache", {})}
        return values


class OpsSettings(runtime.ServiceSettings):
    """The settings of the service, beside those of the exports."""

    ops_port: runtime.Port = Field(9104, description="Port of the ops endpoints with `--every` or `--cron`")


def load_settings(*, translate: Translate = str) -> TraktSettings:
    """Read the settings. Exit with code 2 after reporting every invalid key, in the language of `translate`."""
    return runtime.load_settings(TraktSettings, translate=translate)
