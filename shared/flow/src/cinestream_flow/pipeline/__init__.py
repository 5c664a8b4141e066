"""A pipeline that sends the items of a source in chunks through stages to a sink.

It keeps the order, loses and repeats nothing, and limits its buffers and its memory.
"""

from cinestream_flow.pipeline.limits import PipelineLimits, PipelineTotals
from cinestream_flow.pipeline.pipeline import run_pipeline
from cinestream_flow.pipeline.pressure import MemoryExceeded, MemoryLimit
from cinestream_flow.pipeline.stage import RejectedItem, Stage, StageTotals

__all__ = [
    "MemoryExceeded",
    "MemoryLimit",
    "PipelineLimits",
    "PipelineTotals",
    "RejectedItem",
    "Stage",
    "StageTotals",
    "run_pipeline",
]
