"""The log lines of streams: one when a stream is opened, one when it is closed."""

import anyio

from cinestream_flow.logger import get_logger
from cinestream_stream_api.stream.line_sampler import LineSampler
from cinestream_stream_api.stream.open_stream import Client
from cinestream_stream_api.stream.scheduler import Listener

log = get_logger("stream")


class StreamLog:
    """The lines of all streams of a process, at most ten per second of each kind."""

    def __init__(self) -> None:
        self._opened = LineSampler()
        self._closed = LineSampler()

    def opened(self, id: str, client: Client, listener: Listener) -> None:
        """Log a new stream."""
        if (more := self._opened.admit()) is not None:
            filter = listener.facts().filter
            log.info("stream.opened", id=id, address=client.address, filter=filter, start=client.start, **more)

    def closed(self, id: str, client: Client, listener: Listener) -> None:
        """Log the end of a stream."""
        if (more := self._closed.admit()) is not None:
            facts = listener.facts()
            log.info(
                "stream.closed",
                id=id,
                address=client.address,
                start=client.start,
                filter=facts.filter,
                events=facts.events,
                bytes=facts.bytes,
                seconds=round(anyio.current_time() - client.opened, 3),
                reason=listener.reason,
                **more,
            )
