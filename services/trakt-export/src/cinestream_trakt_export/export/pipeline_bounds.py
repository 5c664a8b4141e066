"""The bounds of the pipeline that the settings give. Pure."""

from dataclasses import dataclass

from cinestream_flow.pipeline import MemoryLimit, PipelineLimits
from cinestream_trakt_export.settings import Streaming, TraktSettings


@dataclass(frozen=True)
class PipelineBounds:
    """The bounds of a pipeline whose items are page numbers.

    Args:
        limits: the chunks, buffers and memory of the pipeline. A chunk is a number of pages.
        parallel_fetches: chunks that are fetched at the same time.
    """

    limits: PipelineLimits
    parallel_fetches: int


IN_SEQUENCE = PipelineBounds(PipelineLimits(1, 0, 1), 1)
"""One page after the other, without a limit of memory."""


def pipeline_bounds(settings: TraktSettings, page_size: int) -> PipelineBounds:
    """Return the bounds for pages of this many items.

    A chunk has as many pages as fit into `streaming.chunk_size`. As many chunks are fetched at once as there are
    workers for their pages.
    """
    streaming, workers = settings.streaming, settings.worker_pool.size
    if not streaming.enabled:
        return PipelineBounds(PipelineLimits(1, 0, 1, _memory(streaming)), 1)
    pages = min(max(1, streaming.chunk_size // page_size), workers)
    limits = PipelineLimits(pages, max_concurrent_stages=streaming.max_concurrent_stages, memory=_memory(streaming))
    return PipelineBounds(limits, max(1, workers // pages))


def _memory(streaming: Streaming) -> MemoryLimit:
    """Return the limit of memory. Without backpressure the pipeline only stops when the limit is reached."""
    pressure = streaming.backpressure
    if not pressure.enabled:
        return MemoryLimit(streaming.memory_limit, 1.0, "block")
    return MemoryLimit(streaming.memory_limit, pressure.threshold, pressure.strategy)
