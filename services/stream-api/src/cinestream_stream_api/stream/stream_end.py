"""The end of a stream: a client's request, resolved against the ring and the history."""

from dataclasses import dataclass
from datetime import UTC, datetime

from cinestream_stream_api.events.position import Position
from cinestream_stream_api.events.resume import BadQuery
from cinestream_stream_api.events.until import Until, UntilLive, UntilPosition
from cinestream_stream_api.log.history import History
from cinestream_stream_api.log.tail import Tail


@dataclass(slots=True)
class StreamEnd:
    """The place where a stream ends.

    Args:
        sequence: the last sequence that is due. None as long as `moment` lies in the future.
        moment: the time before which events are due, if it lies in the future.
        epoch: the epoch of the sequence. None if it is not known.
    """

    sequence: int | None
    moment: datetime | None = None
    epoch: str | None = None

    async def resolve(self, history: History) -> None:
        """Find the sequence of a moment that has come.

        Raises:
            Transient: NATS does not answer.
        """
        if self.moment is not None:
            self.sequence, self.moment = await _before(self.moment, history), None


async def find_end(until: Until, tail: Tail, history: History) -> StreamEnd:
    """Find the end of a stream.

    Raises:
        BadQuery: the id is of another stream.
        Transient: NATS does not answer.
    """
    ring = tail.ring
    if isinstance(until, UntilLive):
        return StreamEnd(ring.head, epoch=ring.epoch)
    if isinstance(until, UntilPosition):
        await _check_epoch(until.position, ring.epoch, history)
        # An id of a newer stream stays, because this replica will find that stream, too.
        return StreamEnd(until.position.sequence, epoch=ring.epoch if until.position.epoch == ring.epoch else None)
    if until.moment > datetime.now(UTC):
        return StreamEnd(None, until.moment)
    return StreamEnd(await _before(until.moment, history), epoch=ring.epoch)


async def _check_epoch(position: Position, epoch: str, history: History) -> None:
    # Another replica may have seen earlier that the stream was recreated.
    if position.epoch != epoch and position.epoch != (await history.bounds()).epoch:
        cure = "use an id of this stream (last_event_id of /api/stats), a time, or live"
        raise BadQuery("until", f"{position} is an id of another stream. To end this one, {cure}")


async def _before(moment: datetime, history: History) -> int:
    """Return the last sequence that was stored before a moment that has passed."""
    last = (await history.bounds()).last
    found = await history.before(moment)
    return last if found is None else found
