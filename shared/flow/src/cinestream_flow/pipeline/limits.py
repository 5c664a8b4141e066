"""The limits and the counters of a pipeline."""

from dataclasses import dataclass, field

from cinestream_flow.pipeline.pressure import MemoryLimit
from cinestream_flow.pipeline.stage import StageTotals


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
