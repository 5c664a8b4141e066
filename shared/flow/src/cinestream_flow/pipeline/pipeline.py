"""Source -> chunks -> stages -> sink. Nothing is lost, nothing comes twice, the order stays, no buffer grows."""

from collections.abc import AsyncIterable, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio
from anyio.abc import ObjectReceiveStream, ObjectSendStream
from anyio.streams.memory import MemoryObjectReceiveStream

from cinestream_flow.groups import first
from cinestream_flow.pipeline.pressure import Gate, MemoryLimit
from cinestream_flow.pipeline.stage import Bad, Stage, StageTotals, apply

Chunk = Sequence[Any]
Receive = ObjectReceiveStream[Chunk]
Send = ObjectSendStream[Chunk]
Sink = Callable[[Chunk], Awaitable[None]]


@dataclass
class Totals:
    """What went through so far; may be looked at while the pipeline runs.

    Args:
        read: items from the source.
        written: items to the sink.
        bad: items refused by a stage.
        dropped: items left out for want of memory.
        waited: seconds that the source was held back for want of memory.
        peak: bytes of memory taken at most, above those at the start, where a limit is measured.
        stages: each by its name.
    """

    read: int = 0
    written: int = 0
    bad: int = 0
    dropped: int = 0
    waited: float = 0.0
    peak: int = 0
    stages: dict[str, StageTotals] = field(default_factory=dict)


@dataclass(frozen=True)
class Bounds:
    """What a pipeline may take.

    Args:
        chunk_size: items that go through the stages together.
        buffer_size: chunks that wait between two stages, at most.
        max_concurrent_stages: calls of `process` at once, of all stages together; None for what their `parallel` allow.
        memory: measured, and enforced before a chunk is taken from the source; None for no limit.
    """

    chunk_size: int = 1000
    buffer_size: int = 2
    max_concurrent_stages: int | None = None
    memory: MemoryLimit | None = None

    def __post_init__(self) -> None:
        if self.chunk_size < 1 or self.buffer_size < 0 or (self.max_concurrent_stages or 1) < 1:
            raise ValueError("chunk_size and max_concurrent_stages are at least 1, buffer_size at least 0")


@dataclass
class _Slot:
    """The place of one chunk in the order, filled when its stage is done with it."""

    done: anyio.Event = field(default_factory=anyio.Event)
    chunk: Chunk = ()


async def stream(
    source: AsyncIterable[Any],
    stages: Sequence[Stage[Any, Any]],
    sink: Sink,
    *,
    bounds: Bounds | None = None,
    on_bad: Callable[[Bad], None] = lambda bad: None,
    totals: Totals | None = None,
) -> Totals:
    """Send everything of `source` through `stages` into `sink`, which is called with one chunk at a time, in order.

    Between two stages wait at most `buffer_size` chunks, and a stage has at most `parallel` in hand (done ones that
    wait for their turn included): when the sink is slow, the source is asked no more. The first error that is not a
    verdict on an item cancels everything and is raised; a cancelled pipeline leaves no task behind.
    """
    names = {stage.name for stage in stages}
    if len(names) < len(stages) or any(stage.parallel < 1 for stage in stages):
        raise ValueError("stages have different names, and parallel is at least 1")
    run = _Run(bounds or Bounds(), on_bad, Totals() if totals is None else totals)
    try:
        async with anyio.create_task_group() as group:
            send, receive = anyio.create_memory_object_stream[Chunk](run.bounds.buffer_size)
            group.start_soon(run.read, source, send)
            for stage in stages:
                send, following = anyio.create_memory_object_stream[Chunk](run.bounds.buffer_size)
                group.start_soon(run.work, stage, receive, send)
                receive = following
            await run.write(receive, sink)
    except BaseExceptionGroup as errors:
        raise first(errors) from None
    return run.totals


class _Run:
    """One run of a pipeline. A chunk that no item is left of goes on, empty, so that the gate counts it out."""

    def __init__(self, bounds: Bounds, on_bad: Callable[[Bad], None], totals: Totals) -> None:
        self.bounds, self.totals = bounds, totals
        self._on_bad, self._gate = on_bad, Gate(bounds.memory)
        most = bounds.max_concurrent_stages
        self._working = anyio.CapacityLimiter(most if most else float("inf"))

    async def read(self, source: AsyncIterable[Any], send: Send) -> None:
        """Cut the source into chunks."""
        chunk: list[Any] = []
        async with send:
            async for item in source:
                self.totals.read += 1
                chunk.append(item)
                if len(chunk) == self.bounds.chunk_size:
                    await self._take(chunk, send)
                    chunk = []
            if chunk:
                await self._take(chunk, send)

    async def _take(self, chunk: Chunk, send: Send) -> None:
        admitted = await self._gate.enter()
        self.totals.waited, self.totals.peak = self._gate.waited, self._gate.peak
        if admitted:
            await send.send(chunk)
        else:
            self.totals.dropped += len(chunk)

    async def work(self, stage: Stage[Any, Any], receive: MemoryObjectReceiveStream[Chunk], send: Send) -> None:
        """Start a task per chunk, at most `parallel` that have not been forwarded, and forward them in their order."""
        free = anyio.Semaphore(stage.parallel)
        waiting, slots = anyio.create_memory_object_stream[_Slot](stage.parallel)
        totals = self.totals.stages.setdefault(stage.name, StageTotals())

        def report(bad: Bad) -> None:
            self.totals.bad += 1
            self._on_bad(bad)

        async def process(slot: _Slot, chunk: Chunk) -> None:
            totals.items_in += len(chunk)
            if chunk:
                async with self._working:
                    slot.chunk = await apply(stage, chunk, report, totals)
            totals.chunks += 1
            totals.items_out += len(slot.chunk)
            slot.done.set()

        async def forward() -> None:
            async with slots, send:
                async for slot in slots:
                    await slot.done.wait()
                    await send.send(slot.chunk)
                    totals.in_hand -= 1
                    free.release()

        async with anyio.create_task_group() as group, waiting, receive:
            group.start_soon(forward)
            async for chunk in receive:
                totals.waiting = receive.statistics().current_buffer_used
                await free.acquire()
                totals.in_hand += 1
                slot = _Slot()
                await waiting.send(slot)
                group.start_soon(process, slot, chunk)

    async def write(self, receive: Receive, sink: Sink) -> None:
        """Hand everything to the sink."""
        async with receive:
            async for chunk in receive:
                if chunk:
                    await sink(chunk)
                self.totals.written += len(chunk)
                self._gate.left()
