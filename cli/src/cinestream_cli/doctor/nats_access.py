"""Connections to NATS for the checks, as whichever known user has the permission for a request."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

from cinestream.bus.jetstream import Bus
from cinestream.bus.permissions import PERMISSIONS
from cinestream.contracts import Transient
from cinestream_cli.doctor import web
from cinestream_cli.doctor.nats_info import server_info
from cinestream_cli.doctor.result import NotChecked
from cinestream_cli.doctor.surroundings import LOOPBACK, Surroundings
from cinestream_flow.message import Message, message_of

CONNECT_SECONDS = 3.0
"""Seconds to wait for the server."""
T = TypeVar("T")


class NotPermitted(Exception):
    """No user whose password is known here may send a request."""


class NatsAccess:
    """The connections of one check, one for each user that it needs."""

    def __init__(self, surroundings: Surroundings, stack: AsyncExitStack) -> None:
        self._surroundings, self._stack = surroundings, stack
        self._buses: dict[str, Bus] = {}

    async def bus_for(self, subject: str) -> Bus:
        """Return a connection of a user who may publish on a subject.

        Raises:
            NotPermitted: no known user has the permission.
            Transient: the server cannot be reached, or refuses the user.
        """
        user = self._user_for(subject)
        if user not in self._buses:
            self._buses[user] = await self._stack.enter_async_context(bus_of(self._surroundings, user))
        return self._buses[user]

    async def api(self, request: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the response of the JetStream API.

        Raises:
            NotPermitted, Transient: as `bus_for`.
            KeyError: the stream or consumer does not exist.
        """
        bus = await self.bus_for(f"$JS.API.{request}")
        return await bus.declare(request, dict(body or {}))

    def _user_for(self, subject: str) -> str:
        for user in self._surroundings.passwords:
            if user not in PERMISSIONS or PERMISSIONS[user].may_publish(subject):
                return user
        raise NotPermitted(subject)


@asynccontextmanager
async def bus_of(surroundings: Surroundings, user: str) -> AsyncIterator[Bus]:
    """Connect as a user whose password is known."""
    bus = await Bus.connect(
        surroundings.nats_url,
        name="cinestream-doctor",
        user=user,
        password=surroundings.passwords[user],
        timeout=CONNECT_SECONDS,
    )
    try:
        yield bus
    finally:
        await bus.close()


def with_nats(surroundings: Surroundings, work: Callable[[NatsAccess], Awaitable[T]]) -> T:
    """Run an asynchronous part of a check that needs NATS.

    Raises:
        NotChecked: NATS does not respond, or no known user has the permission.
    """

    async def run() -> T:
        async with AsyncExitStack() as stack:
            return await work(NatsAccess(surroundings, stack))

    try:
        server_info(surroundings.nats_url)  # without it, each check would wait for an absent server
        return asyncio.run(run())
    except (OSError, ValueError) as error:
        raise NotChecked(Message("NATS cannot be reached"), *cure_of_absence(surroundings)) from error
    except Transient as error:
        raise NotChecked(message_of(error), Message("see the line of the permissions")) from error
    except NotPermitted as error:
        raise NotChecked(
            Message("no NATS user whose password is known here may ask {subject}", subject=str(error)),
            Message("start the local run, or set user and password of NATS"),
            surroundings.start_command,
        ) from error


def undeclared(error: KeyError) -> NotChecked:
    """Return the reason why a check of a missing stream or consumer cannot do its work."""
    return NotChecked(
        Message("a stream is missing ({error})", error=str(error)), Message("declare it"), "cinestream-topology"
    )


def cure_of_absence(surroundings: Surroundings) -> tuple[Message, str]:
    """Return the cure and its command for a NATS that cannot be reached."""
    if surroundings.run:
        return Message("the local run hangs: end it, and start it again"), surroundings.start_command
    if in_containers(surroundings):
        return Message("that of docker compose cannot be reached from here: look at its health"), "docker compose ps"
    if urlsplit(surroundings.nats_url).hostname in LOOPBACK:
        return Message("start the local run, or set CINESTREAM_NATS_URL"), surroundings.start_command
    return Message("start the server, or set CINESTREAM_NATS_URL to its address"), ""


def in_containers(surroundings: Surroundings) -> bool:
    """Return True if the pipeline runs, but not as a local run of this directory: then its NATS is in a container."""
    if surroundings.run or surroundings.setting("nats_url"):
        return False
    return web.get(f"{surroundings.ops_url('stream-api')}/livez", seconds=1.0) is not None
