"""The settings of stream-api."""

from typing import Annotated, Any

from pydantic import Field, IPvAnyNetwork, SecretStr, field_validator
from pydantic_settings import NoDecode

from cinestream.runtime.settings import Names, Port, ServiceSettings, renamed
from cinestream_flow.message import Message

_MIB = 1 << 20


class StreamSettings(ServiceSettings):
    """The settings of `cinestream-stream-api`."""

    nats_role = "stream-api"

    ops_port: Port = Field(9103, description="Port of the ops endpoints")
    stream_host: str = Field("127.0.0.1", description="Address that the API listens on")
    stream_port: Port = Field(3000, description="Port that the API listens on")
    stream_workers: int = Field(
        1, ge=1, le=64, description="Processes that share the port. The limits of clients are divided among them"
    )
    stream_push_interval_ms: float = renamed(
        25,
        old="stream_tick_ms",
        ge=0,
        le=1000,
        description="Milliseconds between two pushes to 250 clients or more. Fewer clients are pushed more often",
    )
    stream_heartbeat: float = Field(
        15, ge=0.1, le=300, description="Seconds of silence after which a client gets a heartbeat"
    )
    stream_retry_ms: int = Field(
        2000, ge=0, le=60_000, description="Milliseconds that a client waits before it reconnects"
    )
    stream_send_timeout: float = Field(
        30, ge=0.1, le=3600, description="Seconds after which a client that does not read is disconnected"
    )
    stream_max_clients: int = Field(
        10_000, ge=1, description="Maximum number of open streams. Further clients get `busy` and reconnect later"
    )
    stream_max_clients_per_address: int | None = Field(
        None,
        ge=0,
        description="Maximum number of open streams of one address (IPv6: one /64). 0 for no limit. Unset: 100 for "
        "public addresses, no limit for loopback and private addresses and trusted proxies",
    )
    stream_trusted_proxies: Annotated[list[IPvAnyNetwork], NoDecode] = Field(
        default_factory=list,
        examples=["10.0.0.0/8"],
        description="Addresses or networks of proxies whose X-Forwarded-For is trusted, separated by commas",
    )
    stream_max_lifetime: float = Field(
        0, ge=0, description="Seconds after which a stream is ended, so that its client resumes it. 0 for never"
    )
    stream_drain_seconds: float = Field(
        0, ge=0, le=300, description="Seconds over which the streams end at a shutdown, in random order. 0: all at once"
    )
    stream_ring_events: int = Field(8192, ge=16, description="Number of newest events kept in memory for all clients")
    stream_ring_bytes: int = Field(64 * _MIB, ge=_MIB, description="Maximum bytes of the newest events in memory")
    stream_history_bytes: int = Field(
        64 * _MIB, ge=_MIB, description="Maximum bytes of history in memory, for all clients"
    )
    stream_tokens: SecretStr = Field(
        SecretStr(""), description="Access tokens of the API, separated by commas. Empty leaves the API open"
    )
    stream_allowed_hosts: Names = Field(
        default_factory=list,
        description="Host names that the API answers to, separated by commas, beside localhost and IP addresses. "
        "* for all",
    )
    stream_cors_origins: Names = Field(
        default_factory=list,
        description="Origins of other web sites that may read the API, separated by commas. * for all, without cookies",
    )

    @field_validator("stream_trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("stream_tokens")
    @classmethod
    def _can_be_sent(cls, value: SecretStr) -> SecretStr:
        if not all("!" <= character <= "~" for character in value.get_secret_value().replace(" ", "")):
            raise ValueError(Message("a header cannot carry such a token; use ASCII letters, digits and punctuation"))
        return value

    @property
    def tokens(self) -> list[str]:
        """The access tokens, one by one."""
        return [part for token in self.stream_tokens.get_secret_value().split(",") if (part := token.strip())]
