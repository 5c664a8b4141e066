"""The request for a stream: everything that a client asks for, besides its format and filter."""

from dataclasses import dataclass

from cinestream_stream_api.events.gap import OnGap
from cinestream_stream_api.events.resume import StartRequest


@dataclass(frozen=True, slots=True)
class StreamRequest:
    """The start of a stream and its further course.

    Args:
        start: the place where the stream starts.
        on_gap: the place from which it continues after a gap. None for the default of each cause.
    """

    start: StartRequest
    on_gap: OnGap | None = None
