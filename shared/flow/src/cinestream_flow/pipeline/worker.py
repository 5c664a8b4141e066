"""The tasks of one stage, which process chunks at the same time and forward them in order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio
from anyio.abc import ObjectSendStream
from anyio.streams.memory import MemoryObjectReceiveStream

from cinestream_flow.pipeline.stage import RejectedItem, Stage, StageTotals, process_chunk

Chunk = Sequence[Any]


@dataclass
class _Slot:
    """The place of a chunk in the order. It is filled when the stage has processed the chunk."""

    done: anyio.Event = field(default_factory=anyio.Event)
    chunk: Chunk = ()


class StageWorker:
    """The worker of one stage. It processes up to `parallel` chunks at the same time.

    Each chunk gets a slot in a queue before its task starts. The forwarding task takes the slots in order and waits for
    each one, so a fast chunk never overtakes a slow one.

    Args:
        stage: The stage.
        running: Limit of calls of `process` over all stages.
        on_rejected: Called for each item that the stage rejects.
        totals: Counters of the stage.
    """

    def __init__(
        self,
        stage: Stage[Any, Any],
        running: anyio.CapacityLimiter,
        on_rejected: Callable[[RejectedItem], None],
        totals: StageTotals,
    ) -> None:
        self._stage, self._running, self._on_rejected, self._totals = stage, running, on_rejected, totals
        # Released only after the chunk was forwarded, so finished chunks that wait for their turn count as well.
        # Otherwise one slow chunk would let an unlimited number of finished ones pile up behind it.
        self._free = anyio.Semaphore(stage.parallel)

    async def run(self, receive: MemoryObjectReceiveStream[Chunk], send: ObjectSendStream[Chunk]) -> None:
        """Process all chunks, and close both streams at the end."""
        queue, slots = anyio.create_memory_object_stream[_Slot](self._stage.parallel)
        async with anyio.create_task_group() as group, queue, receive:
            group.start_soon(self._forward, slots, send)
            async for chunk in receive:
                self._totals.waiting = receive.statistics().current_buffer_used
                await self._free.acquire()
                self._totals.in_progress += 1
                slot = _Slot()
                await queue.send(slot)
                group.start_soon(self._process, slot, chunk)

    async def _process(self, slot: _Slot, chunk: Chunk) -> None:
        self._totals.items_in += len(chunk)
        if chunk:
            async with self._running:
                slot.chunk = await process_chunk(self._stage, chunk, self._on_rejected, self._totals)
        self._totals.chunks += 1
        self._totals.items_out += len(slot.chunk)
        slot.done.set()

    async def _forward(self, slots: MemoryObjectReceiveStream[_Slot], send: ObjectSendStream[Chunk]) -> None:
        async with slots, send:
            async for slot in slots:
                await slot.done.wait()
                await send.send(slot.chunk)
                self._totals.in_progress -= 1
                self._free.release()
