"""`Bus`, the interface of all services to NATS."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Self

from cinestream.bus.jetstream.connection import NatsConnection
from cinestream.bus.jetstream.deliveries import Pull
from cinestream.bus.jetstream.fast_path import Handler
from cinestream.bus.jetstream.micro import serve_requests
from cinestream.bus.jetstream.requests import RESPONSE_TIMEOUT, Requests
from cinestream.bus.jetstream.streams import Streams
from cinestream.contracts import Invalid, Transient


class Bus(Streams):
    """One connection to NATS with its streams, consumers, subscriptions and micro services.

    Every method that sends a request raises `Transient` if the server does not answer in time, and `PermissionDenied`
    if the user may not send it. A missing permission of a subscription is logged.
    """

    def __init__(self, connection: NatsConnection) -> None:
        super().__init__(Requests(connection.client, connection.violations))
        self._connection, self._client = connection, connection.client
        self.on_disconnect, self.on_reconnect = connection.on_disconnect, connection.on_reconnect

    @classmethod
    async def connect(
        cls, url: str, *, name: str, user: str = "", password: str = "", timeout: float | None = None
    ) -> Self:
        """Connect and return the bus.

        Args:
            url: Address of the server.
            name: Name of the client in the server's list of connections.
            user: NATS user, or an empty string for a server without users.
            password: Password of the user.
            timeout: Seconds to wait for the server, or None to wait until it is there.

        Raises:
            PermissionDenied: The server refuses the login, and there is a timeout.
            Transient: The server cannot be reached within the timeout. The message states what to do.
        """
        connection = NatsConnection(url, name=name, user=user, password=password)
        await connection.open(timeout)
        return cls(connection)

    @property
    def connected(self) -> bool:
        """True while the connection is up."""
        return self._connection.connected

    async def close(self) -> None:
        """Flush published messages, then close the connection."""
        await self._connection.close()

    async def pull(self, stream: str, durable: str) -> Pull:
        """Return a reader of a durable pull consumer."""
        inbox, subject = self._client.new_inbox(), f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}"
        self._connection.violations.name(subject)
        sub = await self._client.subscribe(f"{inbox}.*")
        return Pull(self._client, sub, inbox, subject)

    async def subscribe(self, subject: str, handler: Handler) -> None:
        """Call a handler with the headers and body of each message of a subject, in order, on the fast path.

        Delivery is at most once: messages published while the connection is down are lost. Messages without headers
        are not delivered.

        Args:
            subject: Subject, which may end in `.*`.
            handler: Function to call. It must be fast, because nothing else is read in the meantime.
        """
        self._connection.violations.name(subject)
        self._client.handlers[subject.encode()] = handler
        await self._client.subscribe(subject)

    @contextlib.asynccontextmanager
    async def serve(
        self, service: str, subject: str, respond: Callable[[bytes], Awaitable[bytes]], *, version: str, about: str
    ) -> AsyncIterator[None]:
        """Answer requests on a subject as a NATS micro service (ADR-32) for the length of a block.

        Replicas share the requests. The last token of the subject becomes the name of the endpoint. If `respond`
        raises `Transient`, the client gets the error 503. `Invalid` becomes 400.
        """
        async with serve_requests(self._client, service, subject, respond, version=version, about=about):
            yield

    async def request(self, subject: str, body: bytes, *, wait: float = RESPONSE_TIMEOUT) -> bytes:
        """Send a request to a micro service and return the body of its response.

        Args:
            subject: Subject of the endpoint.
            body: Body of the request.
            wait: Seconds to wait for the response.

        Raises:
            Invalid: The service rejects the request as wrong.
            Transient: No service answers, or the service cannot answer now.
        """
        msg = await self._requests.request(subject, body, wait=wait)
        headers = msg.headers or {}
        if (code := headers.get("Nats-Service-Error-Code")) or headers.get("Status"):
            text = headers.get("Nats-Service-Error") or "nobody answers"
            raise (Invalid if code == "400" else Transient)(text)
        return msg.data
