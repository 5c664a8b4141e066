"""Changes of the JetStream stream under a running service."""

import shutil

from tests.nats_server import NatsServer

from cinestream.commands.streams import TopologySettings, declare


async def declare_streams(nats: NatsServer) -> None:
    """Declare the project's streams."""
    admin = await nats.connect("topology")
    await declare(admin, TopologySettings())
    await admin.close()


async def recreate_streams(nats: NatsServer) -> None:
    """Restart the server with an empty store, and declare the streams again. They get a new epoch."""
    nats.kill()
    shutil.rmtree(nats.store / "jetstream")
    nats.start()
    await declare_streams(nats)


async def limit_history(nats: NatsServer, **limits: int) -> None:
    """Change limits of the stream MOVIES. JetStream deletes the messages beyond them at once.

    Args:
        nats: the running server.
        **limits: fields of a stream's configuration, for example `max_msgs` (-1 for no limit).
    """
    admin = await nats.connect("topology")
    config = (await admin.declare("STREAM.INFO.MOVIES", {}))["config"]
    await admin.declare("STREAM.UPDATE.MOVIES", config | limits)
    await admin.close()
