"""The chunked pipeline.

Read in this order: `stage` (one step: what it does to a chunk, how often it is tried, which items are bad), `pressure`
(how much memory all of it may take, and what is done before it takes more), then `pipeline` (source -> chunks -> stages
-> sink, over bounded buffers, in order).
"""

from cinestream_flow.pipeline.pipeline import Bounds, Totals, stream
from cinestream_flow.pipeline.pressure import MemoryExceeded, MemoryLimit
from cinestream_flow.pipeline.stage import Bad, Stage, StageTotals

__all__ = ["Bad", "Bounds", "MemoryExceeded", "MemoryLimit", "Stage", "StageTotals", "Totals", "stream"]
