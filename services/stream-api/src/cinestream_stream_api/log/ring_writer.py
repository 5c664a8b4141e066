"""The ring writer: turns messages into events of a ring."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from cinestream.bus.jetstream import TIME_STAMP, nats_time
from cinestream_flow.logger import get_logger
from cinestream_stream_api.events.event import Event, NotAFilm, film
from cinestream_stream_api.events.frames import GAP, gap_data
from cinestream_stream_api.events.gap import LOST
from cinestream_stream_api.events.position import Position
from cinestream_stream_api.log.history import History
from cinestream_stream_api.log.ring import Ring
from cinestream_stream_api.metrics import StreamMetrics

log = get_logger("stream")


class LiveMessage(NamedTuple):
    """A message of the live subject, as NATS republishes it from the stream.

    `stored_at` is the UTC time at which NATS stored it, or None if it does not say.
    """

    sequence: int
    headers: Mapping[str, str]
    body: bytes
    stored_at: datetime | None

    @classmethod
    def of(cls, headers: Mapping[str, str], body: bytes) -> "LiveMessage":
        """Return the message with these headers, which NATS has added its own to."""
        text = headers.get(TIME_STAMP)
        return cls(int(headers["Nats-Sequence"]), headers, body, nats_time(text) if text else None)


class RingWriter:
    """The one place where events enter a ring. It counts them, and keeps history consistent with removals."""

    def __init__(self, history: History, metrics: StreamMetrics) -> None:
        self.counting = False
        """False while the ring is first filled: those events are older than the process."""

        self._history = history
        self._metrics = metrics
        # Looked up once: `labels` costs more than the rest of the counting.
        self._counters = {source: metrics.events.labels(source) for source in ("live", "history")}

    def append(self, ring: Ring, event: Event, source: Literal["live", "history"]) -> None:
        """Append an event that follows the ring's head."""
        ring.append(event)
        if event.removes is not None:
            # Cached pages may hold versions of the film that was taken down.
            self._history.forget()
        if self.counting:
            self._counters[source].inc()

    def append_live(self, ring: Ring, message: LiveMessage) -> None:
        """Append a live message that follows the ring's head. Skip it if it is not a film."""
        try:
            event = film(Position(ring.epoch, message.sequence), message.headers, message.body, message.stored_at)
        except NotAFilm as error:
            log.warning("tail.message_skipped", sequence=message.sequence, reason=str(error))
            self._metrics.skipped.inc()
            ring.advance(message.sequence)
        else:
            self.append(ring, event, "live")

    def append_gap(self, ring: Ring, first: int) -> None:
        """Append a `gap` event, because the stream begins at sequence `first` beyond the ring's head."""
        data = gap_data(
            requested=str(Position(ring.epoch, ring.head)),
            first_available=str(Position(ring.epoch, first)),
            missed=first - 1 - ring.head,
        )
        log.warning("tail.gap", data=data.decode())
        self._metrics.gaps.labels(LOST).inc()
        ring.append(Event(Position(ring.epoch, first - 1), GAP, data))
