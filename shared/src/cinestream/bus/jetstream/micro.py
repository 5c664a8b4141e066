"""A NATS micro service: an endpoint that is listed, measured, and answers with error codes (NATS ADR-32)."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import nats.errors
from nats.aio.client import Client
from nats.micro import add_service
from nats.micro.request import Request, ServiceError

from cinestream.contracts import Invalid, Transient


@contextlib.asynccontextmanager
async def offered(
    client: Client,
    service: str,
    subject: str,
    answer: Callable[[bytes], Awaitable[bytes]],
    *,
    version: str,
    about: str,
) -> AsyncIterator[None]:
    """Answer requests on a subject until the block ends; what its last token names is the endpoint."""

    async def handle(request: Request) -> None:
        try:
            await request.respond(await answer(request.data))
        except (Invalid, Transient) as error:
            code = "400" if isinstance(error, Invalid) else "503"
            raise ServiceError(code, str(error)) from error

    offering = await add_service(client, name=service, version=version, description=about)
    try:
        await offering.add_endpoint(name=subject.rpartition(".")[2], subject=subject, handler=handle, metadata={})
        # A flush of nats-py overtakes what is not written yet: after the first it is written, after the second known. A
        # connection that is lost meanwhile says all of it again.
        with contextlib.suppress(nats.errors.Error):
            await client.flush()
            await client.flush()
        yield
    finally:
        # A connection that is away has nothing to unsubscribe from.
        with contextlib.suppress(nats.errors.Error):
            await offering.stop()
