"""Source -> chunks -> stages -> sink. Nothing is lost, nothing comes twice, the order stays, no buffer grows."""

from collections.abc import AsyncIterable, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio
from anyio.abc import ObjectReceiveStream, ObjectSendStream

from cinestream.streaming.stage import Bad, Stage, apply

Chunk = Sequence[Any]
Receive = ObjectReceiveStream[Chunk]
Send = ObjectSendStream[Chunk]


@dataclass
class Totals:
    """What went through: `read` items from the source, `written` to the sink, `bad` refused by a stage."""

    read: int = 0
    written: int = 0
    bad: int = 0


@dataclass
class _Slot:
    """The place of one chunk in the order, filled when its stage is done with it."""

    done: anyio.Event = field(default_factory=anyio.Event)
    chunk: Chunk = ()


async def stream(
    source: AsyncIterable[Any],
    stages: Sequence[Stage[Any, Any]],
    sink: Callable[[Chunk], Awaitable[None]],
    *,
    chunk_size: int = 1000,
    buffer_chunks: int = 2,
    on_bad: Callable[[Bad], None] = lambda bad: None,
) -> Totals:
    """Send everything of `source` through `stages` into `sink`, which is called with one chunk at a time, in order.

    Between two stages wait at most `buffer_chunks` chunks, and a stage has at most `parallel` in hand (done ones that
    wait for their turn included): when the sink is slow, the source is asked no more. The first error that is not a
    verdict on an item cancels everything and is raised; a cancelled pipeline leaves no task behind.
    """
    if chunk_size < 1 or buffer_chunks < 0 or any(stage.parallel < 1 for stage in stages):
        raise ValueError("chunk_size and parallel are at least 1, buffer_chunks at least 0")
    totals = Totals()

    def report(bad: Bad) -> None:
        totals.bad += 1
        on_bad(bad)

    try:
        async with anyio.create_task_group() as group:
            send, receive = anyio.create_memory_object_stream[Chunk](buffer_chunks)
            group.start_soon(_read, source, chunk_size, send, totals)
            for stage in stages:
                send, following = anyio.create_memory_object_stream[Chunk](buffer_chunks)
                group.start_soon(_work, stage, receive, send, report)
                receive = following
            await _write(receive, sink, totals)
    except BaseExceptionGroup as errors:
        raise _first(errors) from None
    return totals


async def _read(source: AsyncIterable[Any], chunk_size: int, send: Send, totals: Totals) -> None:
    chunk: list[Any] = []
    async with send:
        async for item in source:
            totals.read += 1
            chunk.append(item)
            if len(chunk) == chunk_size:
                await send.send(chunk)
                chunk = []
        if chunk:
            await send.send(chunk)


async def _work(stage: Stage[Any, Any], receive: Receive, send: Send, on_bad: Callable[[Bad], None]) -> None:
    """Start a task per chunk, at most `parallel` that have not been forwarded, and forward them in their order."""
    free = anyio.Semaphore(stage.parallel)
    waiting, slots = anyio.create_memory_object_stream[_Slot](stage.parallel)

    async def process(slot: _Slot, chunk: Chunk) -> None:
        slot.chunk = await apply(stage, chunk, on_bad)
        slot.done.set()

    async def forward() -> None:
        async with slots, send:
            async for slot in slots:
                await slot.done.wait()
                if slot.chunk:
                    await send.send(slot.chunk)
                free.release()

    async with anyio.create_task_group() as group, waiting, receive:
        group.start_soon(forward)
        async for chunk in receive:
            await free.acquire()
            slot = _Slot()
            await waiting.send(slot)
            group.start_soon(process, slot, chunk)


async def _write(receive: Receive, sink: Callable[[Chunk], Awaitable[None]], totals: Totals) -> None:
    async with receive:
        async for chunk in receive:
            await sink(chunk)
            totals.written += len(chunk)


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error itself: callers handle errors, not groups of them; those that it brought about tell nothing more."""
    error = errors.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
