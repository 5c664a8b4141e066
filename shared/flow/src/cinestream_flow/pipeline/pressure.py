"""Backpressure by measured memory, applied before a pipeline admits another chunk."""

import gc
import math
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import anyio

from cinestream_flow.message import Message

Strategy = Literal["slow_down", "block", "drop"]
_PAGE = os.sysconf("SC_PAGE_SIZE")
MAX_WAIT_SECONDS = 1.0
"""Delay of `slow_down` before a chunk when the memory is just below the limit."""
POLL_SECONDS = 0.05
"""Interval at which a waiting pipeline measures its memory again, because memory can shrink without an event."""


class MemoryExceeded(Exception):
    """The process exceeds its limit while the pipeline is empty, so waiting would not help."""


def resident_memory() -> int:
    """Return the resident memory of this process in bytes. Outside of Linux it is 0, and no limit is ever reached."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[1]) * _PAGE
    except OSError:
        return 0


@dataclass(frozen=True)
class MemoryLimit:
    """The memory that a pipeline may use, and its reaction before it would use more.

    Args:
        limit: Bytes above the memory of the process at the start of the pipeline. At this limit no chunk is admitted.
        threshold: Share of the limit, above 0 and at most 1, at which backpressure begins.
        strategy: `slow_down` waits before each chunk, and longer the closer the limit is. `block` admits no chunk
            until the memory is below the threshold or the pipeline is empty. `drop` discards chunks and counts their
            items.
        measure: Function that returns the memory of the process in bytes.
    """

    limit: int
    threshold: float = 0.8
    strategy: Strategy = "slow_down"
    measure: Callable[[], int] = resident_memory


@dataclass
class MemoryGate:
    """The gate that every chunk passes before it enters a pipeline.

    Args:
        memory: Limit to enforce, or None for none.
        sleep: Function that waits a number of seconds.
        chunks: Chunks that are in the pipeline.
        waited: Seconds that chunks waited at the gate in total.
        peak: Maximum of the measured memory above the start, in bytes.
    """

    memory: MemoryLimit | None
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    chunks: int = 0
    waited: float = 0.0
    peak: int = 0
    _changed: anyio.Event = field(default_factory=anyio.Event)
    _base: int = 0

    def __post_init__(self) -> None:
        if self.memory:
            if self.memory.limit < 1 or not 0 < self.memory.threshold <= 1:
                raise ValueError("limit is at least 1, threshold above 0 and at most 1")
            self._base = self.memory.measure()

    def leave(self) -> None:
        """Count a chunk that has left the pipeline."""
        self.chunks -= 1
        self._changed.set()

    async def enter(self) -> bool:
        """Wait until a chunk may enter the pipeline. Return False if it must be dropped.

        Raises:
            MemoryExceeded: The limit is exceeded although the pipeline is empty.
        """
        started = time.monotonic()
        admitted = self.memory is None or await self._admit(self.memory)
        self.waited += time.monotonic() - started
        self.chunks += admitted
        return admitted

    async def _admit(self, memory: MemoryLimit) -> bool:
        used = self._measure(memory)
        if used < memory.threshold:
            return True
        if memory.strategy == "drop":
            return False
        if memory.strategy == "slow_down" and used < 1:
            await self.sleep(MAX_WAIT_SECONDS * (used - memory.threshold) / (1 - memory.threshold))
            used = self._measure(memory)
        sufficient = 1.0 if memory.strategy == "slow_down" else memory.threshold
        # With an empty pipeline nothing would ever wake this loop: the chunk enters even above the threshold.
        while used >= sufficient and self.chunks:
            self._changed = anyio.Event()
            with anyio.move_on_after(POLL_SECONDS):
                await self._changed.wait()
            used = self._measure(memory)
        if used >= 1:
            # Collected late because it stops the process. Garbage in cycles is the only memory left to win back.
            gc.collect()
            if (used := self._measure(memory)) >= 1:
                taken = math.ceil(used * memory.limit)
                raise MemoryExceeded(
                    Message(
                        "{taken:,} bytes are used while the pipeline is empty, {limit:,} are allowed",
                        taken=taken,
                        limit=memory.limit,
                    )
                )
        return True

    def _measure(self, memory: MemoryLimit) -> float:
        """Return the share of the limit that is in use."""
        taken = memory.measure() - self._base
        self.peak = max(self.peak, taken)
        return taken / memory.limit
