"""The request for a stream: everything that a client asks for, besides its format and filter."""

from dataclasses import dataclass

from cinestream_stream_api.events.gap import OnGap
from cinestream_stream_api.events.resume import StartRequest
from cinestream_stream_api.events.until import Until


@dataclass(frozen=True, slots=True)
class StreamRequest:
    """The start of a stream and its further course.

    Args:
        start: the place where the stream starts.
        on_gap: the place from which it continues after a gap. None for the default of each cause.
        distinct: leave out versions of a film that are followed by a newer one, until the stream has caught up.
        until: the place where the stream ends. None for a stream without an end.
        heartbeat_events: send heartbeats as events, in a fixed interval. Otherwise they are comments in silence.
        heartbeat_seconds: the interval. None for the service's own.
    """

    start: StartRequest
    on_gap: OnGap | None = None
    distinct: bool = False
    until: Until | None = None
    heartbeat_events: bool = False
    heartbeat_seconds: int | None = None
