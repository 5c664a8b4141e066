"""The declaration of the streams, consumers and buckets of `cinestream.bus.topology`."""

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from cinestream.bus import topology
from cinestream.bus.topology import Consumer, Stream
from cinestream.commands.exit_codes import ExitCode
from cinestream.runtime.logs import configure_logs
from cinestream.runtime.settings import BusSettings
from cinestream_flow.logger import get_logger

if TYPE_CHECKING:
    from cinestream.bus.jetstream import Bus

log = get_logger("topology")
Size = Annotated[int, Field(ge=1 << 20)]


class TopologySettings(BusSettings):
    """The settings of `cinestream-topology`: the limits of the large streams in bytes."""

    nats_role = "topology"

    nats_user: str = Field("", description="NATS user that may create and update streams")
    topology_pages_bytes: Size = Field(
        topology.stream(topology.PAGES).max_bytes,
        description="Bytes of raw pages to keep. The oldest pages are removed first",
    )
    topology_movies_bytes: Size = Field(
        topology.stream(topology.MOVIES).max_bytes,
        description="Bytes of movie versions to keep. The oldest versions are removed first",
    )

    def max_bytes(self, stream: Stream) -> int:
        """Return the limit of a stream in bytes."""
        configured = {topology.PAGES: self.topology_pages_bytes, topology.MOVIES: self.topology_movies_bytes}
        return configured.get(stream.name, stream.max_bytes)


async def declare(bus: "Bus", settings: TopologySettings) -> None:
    """Create missing streams and consumers, and update changed ones. Nothing is deleted.

    Raises:
        ValueError: The server refuses, for example a change that JetStream does not allow on an existing stream.
    """
    for stream in topology.STREAMS:
        await _declare_stream(bus, stream.name, {**stream.config, "max_bytes": settings.max_bytes(stream)})
        for consumer in stream.consumers:
            await _declare_consumer(bus, stream, consumer)


async def _declare_stream(bus: "Bus", name: str, config: dict[str, Any]) -> None:
    try:
        current = (await bus.declare(f"STREAM.INFO.{name}", {}))["config"]
    except KeyError:
        await bus.declare(f"STREAM.CREATE.{name}", config)
        log.info("stream.created", stream=name)
        return
    changed = sorted(key for key, value in config.items() if current.get(key) != value)
    if changed:
        await bus.declare(f"STREAM.UPDATE.{name}", {**current, **config})
        log.info("stream.updated", stream=name, changed=changed)


async def _declare_consumer(bus: "Bus", stream: Stream, consumer: Consumer) -> None:
    # The server creates or updates the consumer. An equal configuration changes nothing.
    request = {"stream_name": stream.name, "config": consumer.config}
    await bus.declare(f"CONSUMER.DURABLE.CREATE.{stream.name}.{consumer.name}", request)


def declare_streams(settings: TopologySettings) -> None:
    """Declare all streams, and wait for NATS without a limit. Exit with code 1 if the server refuses."""
    import anyio

    configure_logs(settings.log_format, settings.log_level, service="topology")
    try:
        anyio.run(_run, settings)
    except ValueError as error:
        log.error("topology.refused", reason=str(error), action="change the setting, or migrate the stream by hand")
        raise SystemExit(ExitCode.FAILED) from None


async def _run(settings: TopologySettings) -> None:
    from cinestream.runtime.connected import connected  # NATS: slow to import for --check

    async with connected(settings, "cinestream-topology", timeout=None) as bus:
        await declare(bus, settings)
        log.info("topology.ready", streams=[stream.name for stream in topology.STREAMS])
