"""A connection to the bus for the duration of a command. Services get theirs from `service`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cinestream.bus.jetstream import Bus, NotDeclared
from cinestream.contracts import Transient
from cinestream.runtime.settings import BusSettings
from cinestream_flow.message import Message


@asynccontextmanager
async def connected(settings: BusSettings, name: str, *, timeout: float | None = 10.0) -> AsyncIterator[Bus]:
    """Connect to the bus, and close the connection at the end of the block.

    Args:
        settings: Address and credentials of NATS.
        name: Name of the client in the server's list of connections.
        timeout: Seconds to wait for the server, or None to wait until it is there.

    Raises:
        Transient: NATS cannot be reached in time, or a stream does not exist. The message states what to do.
    """
    bus = await Bus.connect(
        settings.nats_url,
        name=name,
        user=settings.nats_user,
        password=settings.nats_password.get_secret_value(),
        timeout=timeout,
    )
    try:
        yield bus
    except NotDeclared as error:
        raise Transient(
            Message("{error} (is the topology declared? cinestream-topology does it)", error=error)
        ) from error
    finally:
        await bus.close()
