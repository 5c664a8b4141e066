"""Memory limits of a pipeline and the three strategies of backpressure."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cinestream_flow.pipeline import MemoryExceeded, MemoryLimit, PipelineLimits, Stage, pressure, run_pipeline
from cinestream_flow.pipeline.pressure import MAX_WAIT_SECONDS, MemoryGate, Strategy, resident_memory

pytestmark = pytest.mark.anyio
SIZE = 100
"""Bytes that an item uses while it is in the pipeline."""


@dataclass
class Memory:
    """The simulated memory of the process: `idle`, and SIZE for each item in the pipeline."""

    items_inside: int = 0
    max_items: int = 0
    idle: int = 1_000_000

    def take(self, items: int) -> None:
        self.items_inside += items
        self.max_items = max(self.max_items, self.items_inside)

    def measure(self) -> int:
        return self.idle + SIZE * self.items_inside


@dataclass
class Run:
    """A pipeline of one slow stage and its results."""

    memory: Memory = field(default_factory=Memory)
    written: list[int] = field(default_factory=list)

    async def source(self, count: int) -> AsyncIterator[int]:
        for number in range(count):
            self.memory.take(1)
            yield number

    async def process(self, chunk: Sequence[int]) -> Sequence[int]:
        for _ in range(chunk[0] % 7):
            await anyio.lowlevel.checkpoint()
        return chunk

    async def sink(self, chunk: Sequence[int]) -> None:
        await anyio.lowlevel.checkpoint()
        self.written.extend(chunk)
        self.memory.take(-len(chunk))


@settings(max_examples=40)
@given(
    strategy=st.sampled_from(["slow_down", "block"]),
    limit=st.integers(11, 60),
    threshold=st.floats(0.1, 1.0),
    chunk_size=st.integers(1, 10),
)
async def test_limit_is_kept_and_no_item_is_lost(
    strategy: Strategy, limit: int, threshold: float, chunk_size: int
) -> None:
    """The memory exceeds the limit by at most the chunk that is being collected, whatever the buffers could hold."""
    run = Run()
    memory = MemoryLimit(limit * SIZE, threshold, strategy, run.memory.measure)
    stages = [Stage("slow", run.process, parallel=8)]
    with anyio.fail_after(60), pytest.MonkeyPatch.context() as patch:
        patch.setattr(pressure, "MAX_WAIT_SECONDS", 0.001)
        totals = await run_pipeline(
            run.source(100), stages, run.sink, limits=PipelineLimits(chunk_size, buffer_size=50, memory=memory)
        )
    assert run.written == [*range(100)]
    assert run.memory.max_items < limit + chunk_size
    assert totals.dropped == 0
    assert totals.peak <= (limit + chunk_size) * SIZE


async def test_dropped_items_are_counted() -> None:
    """Each item is either written in order or counted as dropped."""
    run = Run()
    memory = MemoryLimit(20 * SIZE, 0.5, "drop", run.memory.measure)

    async def drop_counted() -> int:
        stages = [Stage("slow", run.process, parallel=8)]
        return (
            await run_pipeline(run.source(200), stages, run.sink, limits=PipelineLimits(5, 50, memory=memory))
        ).dropped

    with anyio.fail_after(60):
        dropped = await drop_counted()
    assert dropped > 0
    assert len(run.written) + dropped == 200
    assert run.written == sorted(set(run.written))


async def test_delay_grows_toward_the_limit() -> None:
    """There is no delay below the threshold, and nearly the maximum just below the limit."""
    memory, waits = Memory(), list[float]()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    gate = MemoryGate(MemoryLimit(100 * SIZE, 0.5, "slow_down", memory.measure), sleep)
    for items in (10, 49, 60, 90, 99):
        memory.items_inside = items
        assert await gate.enter()
    assert waits == pytest.approx([MAX_WAIT_SECONDS * part for part in (0.2, 0.8, 0.98)])


@pytest.mark.parametrize("strategy", ["slow_down", "block"])
async def test_exceeded_limit_with_an_empty_pipeline_is_an_error(strategy: Strategy) -> None:
    """Waiting would not free memory when the pipeline is empty, so the pipeline ends."""
    run = Run()

    def measure() -> int:
        return run.memory.idle + (10_000 if len(run.written) >= 10 else 0)

    stages = [Stage("slow", run.process)]
    bounds = PipelineLimits(5, memory=MemoryLimit(5_000, 0.8, strategy, measure))
    with (
        anyio.fail_after(60),
        pytest.raises(MemoryExceeded, match=r"10,000 bytes are used .*, 5,000 are allowed"),
    ):
        await run_pipeline(run.source(1000), stages, run.sink, limits=bounds)
    assert run.written == [*range(len(run.written))]
    assert len(run.written) < 50


def test_resident_memory_is_measured() -> None:
    """The measured memory grows by about the size of a new block."""
    before = resident_memory()
    block = bytearray(50_000_000)
    block[::4096] = bytes(len(range(0, len(block), 4096)))
    assert 40_000_000 < resident_memory() - before < 80_000_000


@pytest.mark.parametrize(("limit", "threshold"), [(0, 0.5), (1, 0.0), (1, 1.1)])
def test_invalid_limits_are_refused(limit: int, threshold: float) -> None:
    """A limit below 1 and a threshold outside of 0 to 1 raise ValueError."""
    with pytest.raises(ValueError, match="at least 1"):
        MemoryGate(MemoryLimit(limit, threshold))
