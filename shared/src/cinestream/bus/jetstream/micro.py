"""A NATS micro service (NATS ADR-32): an endpoint that clients can discover, with statistics and error codes."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import nats.errors
from nats.aio.client import Client
from nats.micro import add_service
from nats.micro.request import Request, ServiceError

from cinestream.contracts import Invalid, Transient


@contextlib.asynccontextmanager
async def serve_requests(
    client: Client,
    service: str,
    subject: str,
    respond: Callable[[bytes], Awaitable[bytes]],
    *,
    version: str,
    about: str,
) -> AsyncIterator[None]:
    """Answer requests on a subject for the length of a block.

    Args:
        client: Connected client.
        service: Name of the service.
        subject: Subject of the endpoint. Its last token is the name of the endpoint.
        respond: Function that returns the response to a body. It raises `Invalid` for the error 400, and `Transient`
            for 503.
        version: Version of the service, as in semantic versioning.
        about: Description of the service.
    """

    async def handle(request: Request) -> None:
        try:
            await request.respond(await respond(request.data))
        except (Invalid, Transient) as error:
            code = "400" if isinstance(error, Invalid) else "503"
            raise ServiceError(code, str(error)) from error

    running = await add_service(client, name=service, version=version, description=about)
    try:
        await running.add_endpoint(name=subject.rpartition(".")[2], subject=subject, handler=handle, metadata={})
        # A flush of nats-py can overtake subscriptions that are not written to the socket yet. After the first flush
        # they are written, after the second the server knows them. A reconnect sends all of them again.
        with contextlib.suppress(nats.errors.Error):
            await client.flush()
            await client.flush()
        yield
    finally:
        # A lost connection has nothing to unsubscribe from.
        with contextlib.suppress(nats.errors.Error):
            await running.stop()
