"""How the pages of a list go through the pipeline, as the settings say. Pure."""

from dataclasses import dataclass

from cinestream_flow.pipeline import MemoryLimit, PipelineLimits
from cinestream_trakt_export.settings import Streaming, TraktSettings


@dataclass(frozen=True)
class Way:
    """The bounds of the pipeline, in pages, and how many of its chunks are fetched at once."""

    bounds: PipelineLimits
    parallel: int


def way_of(settings: TraktSettings, page_size: int) -> Way:
    """As many pages together as make a chunk, as many chunks at once as there are workers for."""
    streaming, workers = settings.streaming, settings.worker_pool.size
    if not streaming.enabled:
        return Way(PipelineLimits(1, 0, 1, _memory(streaming)), 1)
    together = min(max(1, streaming.chunk_size // page_size), workers)
    bounds = PipelineLimits(together, max_concurrent_stages=streaming.max_concurrent_stages, memory=_memory(streaming))
    return Way(bounds, max(1, workers // together))


def _memory(streaming: Streaming) -> MemoryLimit:
    """The limit holds in any case; without backpressure nothing is done before it is reached."""
    pressure = streaming.backpressure
    if not pressure.enabled:
        return MemoryLimit(streaming.memory_limit, 1.0, "block")
    return MemoryLimit(streaming.memory_limit, pressure.threshold, pressure.strategy)
