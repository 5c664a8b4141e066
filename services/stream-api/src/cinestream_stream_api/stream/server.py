"""The stream server: admits clients, opens their streams and runs them to their end."""

from dataclasses import dataclass

from starlette.types import Receive, Send

from cinestream.contracts import Transient
from cinestream_stream_api.events.event import View
from cinestream_stream_api.events.request import StreamRequest
from cinestream_stream_api.settings import StreamSettings
from cinestream_stream_api.stream.chunk_writer import ChunkWriter
from cinestream_stream_api.stream.connection import Connection
from cinestream_stream_api.stream.connection_limiter import ConnectionLimiter
from cinestream_stream_api.stream.delivery_counter import DeliveryCounter
from cinestream_stream_api.stream.hub import Hub
from cinestream_stream_api.stream.open_stream import Client
from cinestream_stream_api.stream.opening import Asked, Opening
from cinestream_stream_api.stream.reconnect import reconnect_delay_ms
from cinestream_stream_api.stream.stream_end import find_end
from cinestream_stream_api.stream.subscriber import Sources, Subscriber


class StreamRefused(Exception):
    """A stream that cannot be opened now. `reason` is `full`, `address`, `unavailable` or `shutdown`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NothingLeft(Exception):
    """A stream with an end, whose client comes back after it."""


@dataclass(frozen=True, eq=False)
class StreamServer:
    """The parts that all streams of a process share."""

    settings: StreamSettings
    sources: Sources
    hub: Hub
    limiter: ConnectionLimiter
    deliveries: DeliveryCounter

    async def open(self, request: StreamRequest, view: View, address: str) -> tuple[Subscriber | Opening, bytes]:
        """Admit a client and find its start position.

        The caller must `release` the address at the end of the stream. `run` does so.

        Returns:
            The client's subscriber, or its opening if the start is not known yet, and the first bytes of its stream.

        Raises:
            BadQuery: the requested end is of another stream.
            NothingLeft: the client comes back to a stream that has an end, and has been sent all of it.
            StreamRefused: a limit is reached, NATS does not answer, or the service is shutting down.
        """
        if refusal := "shutdown" if self.hub.ending else self.limiter.acquire(address):
            raise self._refused(refusal)
        tail, history = self.sources.tail, self.sources.history
        try:
            end = await find_end(request.until, tail, history) if request.until else None
            retry_ms = reconnect_delay_ms(self.settings.stream_retry_ms, spread=1)
            opening = Opening(Asked(request, view, end), self.sources, retry_ms)
            first_block = await opening.begin()
            if opening.nothing_left:
                raise NothingLeft
        except BaseException as error:
            self.release(address)
            if not isinstance(error, Transient):
                raise
            tail.request_resync()
            raise self._refused("unavailable") from error
        return opening.subscriber or opening, first_block

    def _refused(self, reason: str) -> StreamRefused:
        self.sources.metrics.refused.labels(reason).inc()
        return StreamRefused(reason)

    def release(self, address: str) -> None:
        """Make room for another stream of this address."""
        self.limiter.release(address)

    async def run(
        self, subscriber: Subscriber | Opening, client: Client, *, writer: ChunkWriter, receive: Receive, send: Send
    ) -> None:
        """Stream until the client disconnects or the stream ends. The first block must have been sent."""
        connection = Connection(
            subscriber,
            writer,
            send,
            scheduler=self.sources.scheduler,
            deliveries=self.deliveries,
            settings=self.settings,
        )
        try:
            with self.hub.register(connection, client):
                connection.count_bytes(client.first_bytes)
                self.sources.scheduler.schedule(connection)
                # uvicorn reports a disconnect also when the server has ended the stream.
                while (await receive())["type"] != "http.disconnect":
                    pass
        finally:
            connection.close()
            self.release(client.address)
            self.sources.metrics.disconnects.labels(connection.reason).inc()
