"""A connection to the bus for the length of a command; services have theirs from `service`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cinestream.bus.jetstream import Bus, NotDeclared
from cinestream.contracts import Transient
from cinestream.runtime.settings import BusSettings


@asynccontextmanager
async def connected(settings: BusSettings, name: str, *, patience: float | None = 10.0) -> AsyncIterator[Bus]:
    """The bus, closed at the end; waited for so many seconds, or (None) as long as it takes, with a warning in the log.

    Raises:
        Transient: it cannot be reached, or has no streams; says why, and what to do.
    """
    bus = await Bus.connect(
        settings.nats_url,
        name=name,
        user=settings.nats_user,
        password=settings.nats_password.get_secret_value(),
        patience=patience,
    )
    try:
        yield bus
    except NotDeclared as error:
        raise Transient(f"{error} (is the topology declared? cinestream-topology does it)") from error
    finally:
        await bus.close()
