"""The settings of the exporter: environment over TOML file over defaults; unknown keys are errors.

The file is the one that `CINESTREAM_TRAKT_CONFIG` names. The variable of a key is `CINESTREAM_TRAKT_` and its path in
capitals, parts joined by two underscores: `[retry] max_delay` is `CINESTREAM_TRAKT_RETRY__MAX_DELAY`.
"""

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import platformdirs
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from cinestream.runtime import settings as runtime
from cinestream_flow.message import Message, Translate
from cinestream_trakt_export.durations import Duration, Size
from cinestream_trakt_export.options import LETTERBOXD, Fault, Level

PREFIX = "CINESTREAM_TRAKT_"
Url = Annotated[str, Field(pattern=r"^https?://[^/]+(/.*[^/])?$")]
Count = Annotated[int, Field(ge=1, le=1_000_000)]


class Section(BaseModel):
    """A section of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


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
    extended: Level = Field(
        LETTERBOXD,
        description="How much Trakt is asked to say of an item, and the columns of the files. `letterboxd`: exactly "
        "those that Letterboxd imports; `min`: fewer; `full`, `metadata`, `images`: facts besides",
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

    enabled: bool = Field(True, description="Whether answers are kept")
    store: Literal["memory", "sqlite"] = Field("sqlite", description="Where; `sqlite` survives the run")
    dir: Path = Field(
        default_factory=lambda: platformdirs.user_cache_path("cinestream-trakt"),
        description="Folder of the SQLite file",
    )
    capacity: Count = Field(1000, description="Answers kept, at most")
    max_bytes: Size = Field(64_000_000, description="Bytes kept, at most")
    ttl: Duration = Field(
        86400.0, description="How long a film's details are not asked for again; lists are asked for each time, by ETag"
    )
    keep: Duration = Field(
        7 * 86400.0, description="How long an answer is kept, for ETags and for when Trakt is down; at least `ttl`"
    )
    cache_strategy: Literal["lru"] = Field("lru", description="Which answer goes first: the least recently used")
    compression: bool = Field(True, description="Whether answers over 1 KB are compressed")
    encryption: bool = Field(False, description="Whether answers are encrypted; needs `encryption_key`")
    encryption_key: SecretStr = Field(
        SecretStr(""), description="32 bytes in URL-safe base64, `cinestream-trakt cache key` makes one"
    )
    cleanup_interval: Duration = Field(3600.0, description="How often answers past `keep` are removed")


class Workers(Section):
    """`[worker_pool]`."""

    size: Annotated[int, Field(ge=1, le=100)] = Field(10, description="Requests that are worked on at once")
    buffer_size: Count = Field(20, description="Results of a batch that are handed over together")
    max_queue_size: Count = Field(1000, description="Requests that may wait for a worker; more are rejected")
    worker_timeout: Duration = Field(30.0, description="How long one try of a request may take in all")


class Retry(Section):
    """`[retry]`."""

    max_attempts: Annotated[int, Field(ge=1, le=100)] = Field(6, description="How often a request is tried in all")
    initial_delay: Duration = Field(1.0, description="Wait before the second try")
    max_delay: Duration = Field(60.0, description="No wait is longer, unless Trakt asks for it")
    backoff_factor: Annotated[float, Field(ge=1, le=10)] = Field(2.0, description="How much longer each wait is")
    retry_on: frozenset[Fault] = Field(
        frozenset({"network", "timeout", "server", "rate_limit"}), description="After which faults it is tried again"
    )


class Breaker(Section):
    """`[breaker]`."""

    failures: Annotated[int, Field(ge=1, le=1000)] = Field(5, description="Server faults in a row that open it")
    open_for: Duration = Field(30.0, description="How long nobody is let through")


class Capabilities(Section):
    """`[capabilities]`."""

    retry: bool = Field(True, description="Try again what may work later")
    limiter: bool = Field(True, description="Keep to `rate_limit_per_sec`; Trakt's own waits are kept in any case")
    breaker: bool = Field(True, description="Stop asking while Trakt is down")
    metrics: bool = Field(True, description="Count and measure")
    concurrency: bool = Field(True, description="Work on more than one request at once")


class Backpressure(Section):
    """`[streaming.backpressure]`."""

    enabled: bool = Field(True, description="Whether the source is slowed down before `memory_limit` is reached")
    threshold: Annotated[float, Field(gt=0, le=1)] = Field(0.8, description="From which part of `memory_limit` on")
    strategy: Literal["slow_down", "block", "drop"] = Field("slow_down", description="What is done then")


class Streaming(Section):
    """`[streaming]`."""

    enabled: bool = Field(True, description="Off: one chunk after the other, in one piece")
    chunk_size: Count = Field(1000, description="Items that go through the stages together")
    buffer_size: Size = Field(8192, description="Bytes written to a file at once")
    max_concurrent_stages: Annotated[int, Field(ge=1, le=100)] = Field(
        3,
        validation_alias=AliasChoices("max_concurrent_stages", "parallel_stages"),
        description="Chunks that are worked on at once; also `parallel_stages`",
    )
    memory_limit: Size = Field(100_000_000, description="Bytes of memory above the idle process, measured")
    backpressure: Backpressure = Backpressure()


class Checkpoints(Section):
    """`[checkpoints]`."""

    dir: Path = Field(
        default_factory=lambda: platformdirs.user_state_path("cinestream-trakt"),
        description="Where unfinished exports are kept",
    )
    interval: Duration = Field(
        10.0,
        description="How soon what was read is safe from a power cut, too; from a kill it is at once",
    )
    every: Count = Field(50_000, description="And after so many items")
    max_checkpoints: Count = Field(10, description="Unfinished exports kept; the oldest are removed")


class Profiling(Section):
    """`[profiling]`."""

    enabled: bool = Field(False, description="Answer /debug/profile and /debug/heap on loopback")
    port: runtime.Port = Field(
        6060, validation_alias=AliasChoices("port", "pprof_port"), description="Their port; also `pprof_port`"
    )
    sample_rate: Annotated[int, Field(ge=1, le=10_000)] = Field(100, description="Samples a second")


class Export(Section):
    """`[export]`."""

    mode: Literal["auto", "aggregated", "individual"] = Field(
        "auto", description="A row per film, or one per viewing; `auto`: the history per viewing, all else per film"
    )
    language: Literal["auto", "en", "fr"] = Field("auto", description="Of messages; `auto`: as LANG says")


class Login(Section):
    """`[login]`."""

    token_file: Path = Field(
        default_factory=lambda: platformdirs.user_config_path("cinestream-trakt") / "token.json",
        description="Where the login is kept, readable by you alone",
    )
    keyring: bool = Field(
        False, description="Keep the login in the system's keyring instead; needs the extra `keyring`"
    )


class TraktSettings(runtime.FileSettings):
    """What the exporter can be told."""

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
        """As everywhere, with `[api.cache]` taken for `[cache]`."""
        usual = super().settings_customise_sources(settings_cls, *args, **sources)
        return tuple(_CacheOfApi(source) for source in usual)


class _CacheOfApi(PydanticBaseSettingsSource):
    """A source in which the section `[api.cache]` is called `[cache]`."""

    def __init__(self, source: PydanticBaseSettingsSource) -> None:
        super().__init__(source.settings_cls)
        self._source = source

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        """Not asked: the source is read as a whole."""
        return self._source.get_field_value(field, field_name)

    def __call__(self) -> dict[str, Any]:
        found = self._source()
        if isinstance(api := found.get("api"), dict) and "cache" in api:
            found = {**found, "api": {**api}}
            found["cache"] = {**found["api"].pop("cache"), **found.get("cache", {})}
        return found


class OpsSettings(runtime.ServiceSettings):
    """Where the service answers, and how it logs."""

    ops_port: runtime.Port = Field(9104, description="Port of the ops endpoints, with `--every` or `--cron`")


def load_settings(*, translate: Translate = str) -> TraktSettings:
    """Read the settings, or exit with code 2 after naming every key that is wrong."""
    return runtime.load_settings(TraktSettings, translate=translate)
