"""The pipeline from a source over chunks and stages to a sink."""

from collections.abc import AsyncIterable, Awaitable, Callable, Sequence
from typing import Any

import anyio
from anyio.abc import ObjectReceiveStream, ObjectSendStream
from anyio.streams.memory import MemoryObjectReceiveStream

from cinestream_flow.groups import first_error
from cinestream_flow.pipeline.limits import PipelineLimits, PipelineTotals
from cinestream_flow.pipeline.pressure import MemoryGate
from cinestream_flow.pipeline.stage import RejectedItem, Stage, StageTotals
from cinestream_flow.pipeline.worker import Chunk, StageWorker

Receive = ObjectReceiveStream[Chunk]
Send = ObjectSendStream[Chunk]
Sink = Callable[[Chunk], Awaitable[None]]


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
        self._running = anyio.CapacityLimiter(limits.max_concurrent_stages or float("inf"))

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
        """Run the worker of a stage."""
        totals = self.totals.stages.setdefault(stage.name, StageTotals())
        await StageWorker(stage, self._running, self._reject, totals).run(receive, send)

    def _reject(self, item: RejectedItem) -> None:
        self.totals.rejected += 1
        self._on_rejected(item)

    async def write(self, receive: Receive, sink: Sink) -> None:
        """Pass all chunks to the sink."""
        async with receive:
            async for chunk in receive:
                # A chunk whose items were all rejected arrives empty. It must still leave the gate, which counts it.
                if chunk:
                    await sink(chunk)
                self.totals.written += len(chunk)
                self._gate.leave()
