"""The start position of a stream: a client's request, resolved against the ring and the history."""

from dataclasses import dataclass

from cinestream_stream_api.events.event import View, is_shown
from cinestream_stream_api.events.gap import Gap, StreamBounds, gap_after, malformed_gap
from cinestream_stream_api.events.position import Position
from cinestream_stream_api.events.request import StreamRequest
from cinestream_stream_api.events.resume import After, Earliest, Live, Malformed, Replay, Since
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


async def find_start(request: StreamRequest, view: View, tail: Tail, history: History) -> StartPosition:
    """Find the start position of a stream. Reads from NATS only what is not in the ring.

    Raises:
        Transient: NATS does not answer.
    """
    ring, start = tail.ring, request.start
    here = Position(ring.epoch, ring.head)
    if isinstance(start, Live):
        return StartPosition(ring, here, here, replays=False)
    if isinstance(start, Malformed):
        # Without a question to NATS, because any visitor can send such a text. The first sequence may be a little old.
        bounds = StreamBounds(ring.epoch, tail.bounds.first, ring.head)
        gap = malformed_gap(start.text, bounds, request.on_gap)
        return StartPosition(ring, gap.position, gap.position, gap)
    if isinstance(start, After):
        return await _find_after(start.position, request, tail, history)
    position = await _find_past(start, view, ring, history)
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


async def _find_past(request: Earliest | Since | Replay, view: View, ring: Ring, history: History) -> Position:
    if isinstance(request, Earliest):
        return (await history.bounds()).before_first
    if isinstance(request, Since):
        found = await history.before(request.moment)
        return Position(ring.epoch, ring.head if found is None else found)
    return Position(ring.epoch, await _before_last(request.count, view, ring, history))


async def _before_last(count: int, view: View, ring: Ring, history: History) -> int:
    """Return the sequence just before the last `count` films that the view shows."""
    # The ring may move while history is read.
    head, floor = ring.head, ring.floor
    sequence = head
    if count == 0:
        return sequence
    for event in ring.newest_first():
        if event.facets is not None and is_shown(event, view.filter):
            sequence, count = event.sequence - 1, count - 1
            if count == 0:
                return sequence
    async for event in history.backwards(Position(ring.epoch, floor), view, head=head):
        sequence, count = event.sequence - 1, count - 1
        if count == 0:
            break
    return sequence
