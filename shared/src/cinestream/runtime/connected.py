"""A connection to the bus for the length of a command; services have theirs from `service`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cinestream.bus.jetstream import Bus
from cinestream.runtime.settings import BusSettings


@asynccontextmanager
async def connected(settings: BusSettings, name: str) -> AsyncIterator[Bus]:
    """The bus, waited for as long as it takes (with a warning in the log), and closed at the end."""
    bus = await Bus.connect(
        settings.nats_url, name=name, user=settings.nats_user, password=settings.nats_password.get_secret_value()
    )
    try:
        yield bus
    finally:
        await bus.close()
