"""The pipeline from a source over chunks and stages to a sink."""

from collections.abc import AsyncIterable, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio
from anyio.abc import ObjectReceiveStream, ObjectSendStream
from anyio.streams.memory import MemoryObjectReceiveStream

from cinestream_flow.groups import first_error
from cinestream_flow.pipeline.pressure import MemoryGate, MemoryLimit
from cinestream_flow.pipeline.stage import RejectedItem, Stage, StageTotals, process_chunk

Chunk = Sequence[Any]
Receive = ObjectReceiveStream[Chunk]
Send = ObjectSendStream[Chunk]
Sink = Callable[[Chunk], Awaitable[None]]


@dataclass
class PipelineTotals:
    """The counters of a pipeline. They may be read while it runs.

    Args:
        read: Items from the source.
        written: Items passed to the sink.
        rejected: Items that a stage rejected as invalid.
        dropped: Items that were discarded because of the memory limit.
        waited: Seconds that the source was held back because of the memory limit.
        peak: Maximum memory in bytes above the start. It is measured only with a memory limit.
        stages: Counters of each stage by its name.
    """

    read: int = 0
    written: int = 0
    rejected: int = 0
    dropped: int = 0
    waited: float = 0.0
    peak: int = 0
    stages: dict[str, StageTotals] = field(default_factory=dict)


@dataclass(frozen=True)
class PipelineLimits:
    """The limits of a pipeline.

    Args:
        chunk_size: Items of a chunk.
        buffer_size: Chunks that may wait between two stages.
        max_concurrent_stages: Calls of `process` at the same time, over all stages. None leaves it to the `parallel`
            of each stage.
        memory: Memory limit, or None for none.
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
    """The place of a chunk in the order. It is filled when the stage has processed the chunk."""

    done: anyio.Event = field(default_factory=anyio.Event)
    chunk: Chunk = ()


async def run_pipeline(
    source: AsyncIterable[Any],
    stages: Sequence[Stage[Any, Any]],
    sink: Sink,
    *,
    limits: PipelineLimits | None = None,
    on_rejected: Callable[[RejectedItem], None] = lambda item: None,
    totals: PipelineTotals | None = None,
) -> PipelineTotals:
    """Send all items of a source through the stages to a sink.

    Each buffer holds at most `buffer_size` chunks, and each stage at most `parallel`, including finished chunks that
    wait for their turn. A slow sink therefore stops the source. Cancellation leaves no task behind.

    Args:
        source: Items. It is read by one task.
        stages: Stages in order.
        sink: Receives one chunk at a time, in the order of the source.
        limits: Limits of chunks, buffers, concurrency and memory.
        on_rejected: Called for each item that a stage rejects.
        totals: Counters to use, for a caller that reads them while the pipeline runs.

    Returns:
        The counters at the end.

    Raises:
        ValueError: Two stages have the same name, or a stage has no worker.
        MemoryExceeded: The memory limit cannot be kept.
        Exception: The first error of the source, of a stage or of the sink. The pipeline was cancelled.
    """
    names = {stage.name for stage in stages}
    if len(names) < len(stages) or any(stage.parallel < 1 for stage in stages):
        raise ValueError("stages have different names, and parallel is at least 1")
    run = _Run(limits or PipelineLimits(), on_rejected, PipelineTotals() if totals is None else totals)
    try:
        async with anyio.create_task_group() as group:
            send, receive = anyio.create_memory_object_stream[Chunk](run.limits.buffer_size)
            group.start_soon(run.read, source, send)
            for stage in stages:
                send, following = anyio.create_memory_object_stream[Chunk](run.limits.buffer_size)
                group.start_soon(run.work, stage, receive, send)
                receive = following
            await run.write(receive, sink)
    except BaseExceptionGroup as errors:
        raise first_error(errors) from None
    return run.totals


class _Run:
    """One run of a pipeline."""

    def __init__(
        self, limits: PipelineLimits, on_rejected: Callable[[RejectedItem], None], totals: PipelineTotals
    ) -> None:
        self.limits, self.totals = limits, totals
        self._on_rejected, self._gate = on_rejected, MemoryGate(limits.memory)
        self._working = anyio.CapacityLimiter(limits.max_concurrent_stages or float("inf"))

    async def read(self, source: AsyncIterable[Any], send: Send) -> None:
        """Cut the source into chunks."""
        chunk: list[Any] = []
        async with send:
            async for item in source:
                self.totals.read += 1
                chunk.append(item)
                if len(chunk) == self.limits.chunk_size:
                    await self._admit(chunk, send)
                    chunk = []
            if chunk:
                await self._admit(chunk, send)

    async def _admit(self, chunk: Chunk, send: Send) -> None:
        admitted = await self._gate.enter()
        self.totals.waited, self.totals.peak = self._gate.waited, self._gate.peak
        if admitted:
            await send.send(chunk)
        else:
            self.totals.dropped += len(chunk)

    async def work(self, stage: Stage[Any, Any], receive: MemoryObjectReceiveStream[Chunk], send: Send) -> None:
        """Process up to `parallel` chunks at the same time, and forward them in their order.

        Each chunk gets a slot in a queue before its task starts. The forwarding task takes the slots in order and
        waits for each one, so a fast chunk never overtakes a slow one.
        """
        # Released only after the chunk was forwarded, so finished chunks that wait for their turn count as well.
        # Otherwise one slow chunk would let an unlimited number of finished ones pile up behind it.
        free = anyio.Semaphore(stage.parallel)
        queue, slots = anyio.create_memory_object_stream[_Slot](stage.parallel)
        totals = self.totals.stages.setdefault(stage.name, StageTotals())

        def report(item: RejectedItem) -> None:
            self.totals.rejected += 1
            self._on_rejected(item)

        async def process(slot: _Slot, chunk: Chunk) -> None:
            totals.items_in += len(chunk)
            if chunk:
                async with self._working:
                    slot.chunk = await process_chunk(stage, chunk, report, totals)
            totals.chunks += 1
            totals.items_out += len(slot.chunk)
            slot.done.set()

        async def forward() -> None:
            async with slots, send:
                async for slot in slots:
                    await slot.done.wait()
                    await send.send(slot.chunk)
                    totals.in_progress -= 1
                    free.release()

        async with anyio.create_task_group() as group, queue, receive:
            group.start_soon(forward)
            async for chunk in receive:
                totals.waiting = receive.statistics().current_buffer_used
                await free.acquire()
                totals.in_progress += 1
                slot = _Slot()
                await queue.send(slot)
                group.start_soon(process, slot, chunk)

    async def write(self, receive: Receive, sink: Sink) -> None:
        """Pass all chunks to the sink."""
        async with receive:
            async for chunk in receive:
                # A chunk whose items were all rejected arrives empty. It must still leave the gate, which counts it.
                if chunk:
                    await sink(chunk)
                self.totals.written += len(chunk)
                self._gate.leave()
