"""Where a stream opens: what the client asks for, turned into a position by asking the ring and history."""

from dataclasses import dataclass

from cinestream_stream_api.events.event import View, wanted
from cinestream_stream_api.events.position import Position
from cinestream_stream_api.events.resume import (
    After,
    Earliest,
    Gap,
    Live,
    Replay,
    Since,
    Start,
    Unknown,
    gap_after,
)
from cinestream_stream_api.log.ring import Ring
from cinestream_stream_api.stream.hub import Hub


@dataclass(frozen=True)
class Opening:
    """How a stream begins.

    Args:
        ring: the ring that `position` belongs to.
        announced: the id of the first block; the id asked for, where there is one.
        position: everything after it is sent.
        gap: what is missing between the two, if anything.
        replays: whether there is a past whose end must be said.
    """

    ring: Ring
    announced: Position
    position: Position
    gap: Gap | None = None
    replays: bool = True


async def open_at(start: Start, view: View, hub: Hub) -> Opening:
    """Find where a stream opens. Asks NATS only when the ring does not know.

    Raises:
        Transient: NATS does not answer.
    """
    ring = hub.ring
    if isinstance(start, Live):
        here = Position(ring.epoch, ring.head)
        return Opening(ring, here, here, replays=False)
    if isinstance(start, After) and start.position.epoch == ring.epoch and start.position.sequence <= ring.head:
        # Whether history still continues it is seen, and said, when it is read.
        return Opening(ring, start.position, start.position)
    if isinstance(start, After | Unknown):
        return await _open_beyond(start, hub)
    position = await _position(start, view, hub, ring)
    return Opening(ring, position, position)


async def _open_beyond(start: After | Unknown, hub: Hub) -> Opening:
    """Open at an id that the ring has never heard of: of another stream, or given out by another replica."""
    held = await hub.history.held()
    hub.tail.doubt()
    if isinstance(start, Unknown):
        return Opening(hub.ring, held.before_first, held.before_first, Gap(start.text, None))
    if gap := gap_after(start.position, held):
        return Opening(hub.ring, start.position, held.before_first, gap)
    return Opening(hub.ring, start.position, start.position)


async def _position(start: Earliest | Since | Replay, view: View, hub: Hub, ring: Ring) -> Position:
    if isinstance(start, Earliest):
        return (await hub.history.held()).before_first
    if isinstance(start, Since):
        found = await hub.history.before(start.moment)
        return Position(ring.epoch, ring.head if found is None else found)
    return Position(ring.epoch, await _before_the_last(start.count, view, hub, ring))


async def _before_the_last(count: int, view: View, hub: Hub, ring: Ring) -> int:
    """The sequence just before the last `count` films that the view shows."""
    head, floor = ring.head, ring.floor
    sequence = head
    if count == 0:
        return sequence
    for event in ring.newest_first():
        if event.facets is not None and wanted(event, view.filter):
            sequence, count = event.sequence - 1, count - 1
            if count == 0:
                return sequence
    async for event in hub.history.backwards(Position(ring.epoch, floor), view, head=head):
        sequence, count = event.sequence - 1, count - 1
        if count == 0:
            break
    return sequence
