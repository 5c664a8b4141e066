"""A shorter ack_wait for tests in which workers die. It is the time until their pages are delivered again."""

from tests.nats_server import NatsServer

from cinestream.bus.topology import PAGES, stream


async def shorten_ack_wait(topology: NatsServer, seconds: int) -> None:
    """Declare the consumer of etl with this ack_wait."""
    (consumer,) = stream(PAGES).consumers
    bus = await topology.connect("topology")
    config = {**consumer.config, "ack_wait": seconds * 1_000_000_000}
    await bus.declare(f"CONSUMER.DURABLE.CREATE.{PAGES}.{consumer.name}", {"stream_name": PAGES, "config": config})
    await bus.close()
