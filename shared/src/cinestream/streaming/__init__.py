"""The chunked pipeline.

Read in this order: `stage` (one step: what it does to a chunk, how often it is tried, which items are bad), then
`pipeline` (source -> chunks -> stages -> sink, over bounded buffers, in order).
"""

from cinestream.streaming.pipeline import Totals, stream
from cinestream.streaming.stage import Bad, Stage

__all__ = ["Bad", "Stage", "Totals", "stream"]
