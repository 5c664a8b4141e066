"""The pipeline with any stages, failures and speeds: order, completeness and limits."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cinestream_flow.errors import Invalid, Transient
from cinestream_flow.pipeline import PipelineLimits, PipelineTotals, RejectedItem, Stage, run_pipeline
from cinestream_flow.retry import RetryPolicy

pytestmark = pytest.mark.anyio
QUICK = RetryPolicy(max_attempts=3, initial_delay=0.0, max_delay=0.0)


@dataclass
class Source:
    """Numbers, and the count of those that were read."""

    count: int
    read: int = 0

    async def __aiter__(self) -> AsyncIterator[int]:
        for number in range(self.count):
            self.read += 1
            yield number


@dataclass
class Step:
    """A stage that is slow, fails at its first call for some chunks, and refuses some numbers."""

    turns: int = 0
    parallel: int = 1
    fails: frozenset[int] = frozenset()
    refuses: frozenset[int] = frozenset()
    failed: set[int] = field(default_factory=set)
    running: int = 0
    max_running: int = 0

    async def process(self, chunk: Sequence[int]) -> Sequence[int]:
        self.running += 1
        self.max_running = max(self.max_running, self.running)
        try:
            for _ in range((chunk[0] * 7 + self.turns) % (self.turns + 1)):
                await anyio.lowlevel.checkpoint()
            new = (self.fails & set(chunk)) - self.failed
            if new:
                self.failed |= new
                raise Transient("not yet", retry_after=0.0)
            if bad := self.refuses & set(chunk):
                raise Invalid(f"bad: {sorted(bad)}")
            return chunk
        finally:
            self.running -= 1

    def stage(self, name: str = "step") -> Stage[int, int]:
        return Stage(name, self.process, parallel=self.parallel, retries=QUICK)


numbers = st.frozensets(st.integers(0, 60), max_size=6)
steps = st.builds(Step, turns=st.integers(0, 5), parallel=st.integers(1, 4), fails=numbers, refuses=numbers)


@settings(max_examples=60)
@given(
    count=st.integers(0, 60),
    chain=st.lists(steps, max_size=3),
    limits=st.builds(
        PipelineLimits,
        chunk_size=st.integers(1, 9),
        buffer_size=st.integers(0, 3),
        max_concurrent_stages=st.none() | st.integers(1, 3),
    ),
)
async def test_valid_items_are_written_once_and_invalid_ones_reported(
    count: int, chain: list[Step], limits: PipelineLimits
) -> None:
    """Each valid item is written exactly once in the order of the source, and each invalid one is reported once."""
    for step in chain:
        step.failed.clear()
        step.fails = frozenset(sorted(step.fails)[:1])  # one failure per stage is within its attempts
    written: list[int] = []
    rejected: list[RejectedItem] = []

    async def sink(chunk: Sequence[int]) -> None:
        written.extend(chunk)

    with anyio.fail_after(60):
        totals = await run_pipeline(
            Source(count),
            [step.stage(str(number)) for number, step in enumerate(chain)],
            sink,
            limits=limits,
            on_rejected=rejected.append,
        )
    refused = set().union(*(step.refuses for step in chain)) & set(range(count))
    assert written == [number for number in range(count) if number not in refused]
    assert sorted(report.item for report in rejected) == sorted(refused)
    assert (totals.read, totals.written, totals.rejected) == (count, len(written), len(refused))
    assert all(step.max_running <= step.parallel for step in chain)
    for number, _ in enumerate(chain):
        stage = totals.stages[str(number)]
        assert stage.items_in == stage.items_out + stage.rejected
        assert (stage.in_progress, stage.chunks) == (0, -(-count // limits.chunk_size))
    assert sum(stage.rejected for stage in totals.stages.values()) == len(refused)


@settings(max_examples=40)
@given(chain=st.lists(steps, min_size=1, max_size=4), limit=st.integers(1, 3))
async def test_concurrent_stages_are_limited(chain: list[Step], limit: int) -> None:
    """The limit holds for all stages together, whatever `parallel` of each stage allows."""
    working = max_working = 0

    def counted(step: Step, name: str) -> Stage[int, int]:
        async def process(chunk: Sequence[int]) -> Sequence[int]:
            nonlocal working, max_working
            working += 1
            max_working = max(max_working, working)
            try:
                for _ in range(step.turns):
                    await anyio.lowlevel.checkpoint()
                return chunk
            finally:
                working -= 1

        return Stage(name, process, parallel=step.parallel)

    written: list[int] = []

    async def sink(chunk: Sequence[int]) -> None:
        written.extend(chunk)

    stages = [counted(step, str(number)) for number, step in enumerate(chain)]
    with anyio.fail_after(60):
        await run_pipeline(Source(50), stages, sink, limits=PipelineLimits(3, max_concurrent_stages=limit))
    assert written == [*range(50)]
    assert max_working <= limit


async def test_blocked_sink_stops_the_source() -> None:
    """Only the buffers and the workers of the stages are filled while the sink is blocked."""
    source, reached, resume = Source(10_000), anyio.Event(), anyio.Event()

    async def sink(chunk: Sequence[int]) -> None:
        reached.set()
        await resume.wait()

    with anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            chain = [Step(parallel=2).stage("first"), Step(parallel=3).stage("second")]
            totals = PipelineTotals()
            call = lambda: run_pipeline(source, chain, sink, limits=PipelineLimits(10, buffer_size=1), totals=totals)  # noqa: E731
            group.start_soon(call)
            await reached.wait()
            await anyio.wait_all_tasks_blocked()
            buffers, workers, waiting_to_enter, reading, writing = 3, 2 + 3, 2, 1, 1
            assert source.read <= 10 * (buffers + workers + waiting_to_enter + reading + writing)
            assert [stage.in_progress for stage in totals.stages.values()] == [2, 3]
            resume.set()
    assert source.read == 10_000


async def test_other_error_ends_the_pipeline() -> None:
    """A bug in a stage is raised to the caller, and no work continues."""
    other = Step(turns=5, parallel=4)

    async def broken(chunk: Sequence[int]) -> Sequence[int]:
        if chunk[0] >= 50:
            raise KeyError("a bug")
        return chunk

    async def sink(chunk: Sequence[int]) -> None:
        await anyio.lowlevel.checkpoint()

    with anyio.fail_after(60), pytest.raises(KeyError, match="a bug"):
        await run_pipeline(Source(1000), [other.stage(), Stage("broken", broken)], sink, limits=PipelineLimits(10))
    assert other.running == 0


async def test_chunk_without_further_attempts_is_an_error() -> None:
    """The last transient error is raised, and the chunk is not skipped silently."""

    async def away(chunk: Sequence[int]) -> Sequence[int]:
        raise Transient("away", retry_after=0.0)

    async def sink(chunk: Sequence[int]) -> None:
        raise AssertionError("nothing may arrive")

    with pytest.raises(Transient, match="away"):
        await run_pipeline(Source(5), [Stage("away", away, retries=QUICK)], sink)


async def test_cancelled_pipeline_ends_its_stages() -> None:
    """No stage still processes a chunk after the pipeline was cancelled."""
    step, reached = Step(parallel=3), anyio.Event()

    async def sink(chunk: Sequence[int]) -> None:
        reached.set()
        await anyio.sleep_forever()

    with anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            group.start_soon(run_pipeline, Source(1000), [step.stage()], sink)
            await reached.wait()
            group.cancel_scope.cancel()
    assert step.running == 0


@pytest.mark.parametrize("sizes", [(0, 1, 1), (1, -1, 1), (1, 1, -1)])
def test_invalid_sizes_are_refused(sizes: tuple[int, int, int]) -> None:
    """A chunk has at least one item, a buffer is not negative, and at least one stage may run."""
    with pytest.raises(ValueError, match="at least"):
        PipelineLimits(*sizes)


async def test_stages_of_one_name_are_refused() -> None:
    """Two stages with one name raise ValueError."""

    async def sink(chunk: Sequence[int]) -> None:
        raise AssertionError("nothing may arrive")

    with pytest.raises(ValueError, match="different names"):
        await run_pipeline(Source(1), [Step().stage(), Step().stage()], sink)
