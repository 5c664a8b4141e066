"""The start position of a stream: a client's request, resolved against the ring and the history."""

from dataclasses import dataclass

from cinestream_stream_api.events.gap import Gap, StreamBounds, gap_after, malformed_gap
from cinestream_stream_api.events.position import Position
from cinestream_stream_api.events.request import StreamRequest
from cinestream_stream_api.events.resume import After, Live, Malformed, Since
from cinestream_stream_api.log.history import History
from cinestream_stream_api.log.ring import Ring
from cinestream_stream_api.log.tail import Tail


@dataclass(frozen=True)
class StartPosition:
    """The place where a stream starts.

    Args:
        ring: the ring that `position` belongs to.
        announced: the id of the first block. This is the requested id, where there is one.
        position: everything after this position is sent.
        gap: the events that are missing between `announced` and `position`, if any.
        replays: True if older events come first, so that their end must be announced.
    """

    ring: Ring
    announced: Position
    position: Position
    gap: Gap | None = None
    replays: bool = True


async def find_start(request: StreamRequest, tail: Tail, history: History) -> StartPosition:
    """Find the start position of a stream that does not begin with a replay of so many films.

    Reads from NATS only what is not in the ring.

    Raises:
        Transient: NATS does not answer.
    """
    ring, start = tail.ring, request.start
    here = Position(ring.epoch, ring.head)
    match start:
        case Live():
            return StartPosition(ring, here, here, replays=False)
        case Malformed():
            # Without a question to NATS, because any visitor can send such a text. The first sequence may be old.
            known = tail.bounds
            gap = malformed_gap(start.text, StreamBounds(ring.epoch, known.first, ring.head), request.on_gap)
            return StartPosition(ring, gap.position, gap.position, gap)
        case After():
            return await _find_after(start.position, request, tail, history)
        case Since():
            found = await history.before(start.moment)
            position = Position(ring.epoch, ring.head if found is None else found)
        case _:
            position = (await history.bounds()).before_first
    return StartPosition(ring, position, position)


async def _find_after(position: Position, request: StreamRequest, tail: Tail, history: History) -> StartPosition:
    ring = tail.ring
    if position.epoch == ring.epoch and position.sequence <= ring.head:
        # History may be cut after this position. The subscriber finds and reports such a gap when it reads.
        return StartPosition(ring, position, position)
    # The id is from another stream, or another replica that is ahead of this one has given it out.
    bounds = await history.bounds()
    tail.request_resync()
    ring = tail.ring
    if gap := gap_after(position, bounds, request.on_gap):
        return StartPosition(ring, position, gap.position, gap)
    return StartPosition(ring, position, position)
