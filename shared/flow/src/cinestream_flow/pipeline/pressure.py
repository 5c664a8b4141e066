"""Backpressure by memory: measured, never estimated, and enforced before more is taken into hand."""

import gc
import math
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import anyio

Strategy = Literal["slow_down", "block", "drop"]
_PAGE = os.sysconf("SC_PAGE_SIZE")
LONGEST_WAIT = 1.0
"""Seconds that `slow_down` waits before a chunk, just below the limit."""
LOOK_AGAIN = 0.05
"""Seconds after which a pipeline that waits measures again, if nothing else wakes it."""


class MemoryExceeded(Exception):
    """The process takes more than the limit although nothing is in hand: waiting longer would not help."""


def resident() -> int:
    """Bytes of memory that this process takes (Linux; elsewhere 0: no limit is ever reached)."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[1]) * _PAGE
    except OSError:
        return 0


@dataclass(frozen=True)
class MemoryLimit:
    """How much memory a pipeline may take, and what is done before it takes more.

    Args:
        limit: bytes above what the process took when the pipeline began. No chunk is taken into hand at or over it.
        threshold: the part of it from which on there is backpressure, above 0 to 1.
        strategy: `slow_down` waits before each chunk, the longer the closer the limit is; `block` takes no chunk until
            memory is below the threshold, or nothing is in hand; `drop` leaves chunks out and counts their items.
        measure: bytes that the process takes now.
    """

    limit: int
    threshold: float = 0.8
    strategy: Strategy = "slow_down"
    measure: Callable[[], int] = resident


@dataclass
class Gate:
    """Where chunks wait before they are taken into hand.

    `in_hand` counts the chunks that are in the pipeline; `left` is called when one has left it.
    """

    memory: MemoryLimit | None
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    in_hand: int = 0
    waited: float = 0.0
    peak: int = 0
    _changed: anyio.Event = field(default_factory=anyio.Event)
    _base: int = 0

    def __post_init__(self) -> None:
        if self.memory:
            if self.memory.limit < 1 or not 0 < self.memory.threshold <= 1:
                raise ValueError("limit is at least 1, threshold above 0 and at most 1")
            self._base = self.memory.measure()

    def left(self) -> None:
        """A chunk is through."""
        self.in_hand -= 1
        self._changed.set()

    async def enter(self) -> bool:
        """Wait until a chunk may be taken into hand; false: it is to be dropped.

        Raises MemoryExceeded when it never may.
        """
        begun = time.monotonic()
        admitted = self.memory is None or await self._admit(self.memory)
        self.waited += time.monotonic() - begun
        self.in_hand += admitted
        return admitted

    async def _admit(self, memory: MemoryLimit) -> bool:
        used = self._measure(memory)
        if used < memory.threshold:
            return True
        if memory.strategy == "drop":
            return False
        if memory.strategy == "slow_down" and used < 1:
            await self.sleep(LONGEST_WAIT * (used - memory.threshold) / (1 - memory.threshold))
            used = self._measure(memory)
        enough = 1.0 if memory.strategy == "slow_down" else memory.threshold
        while used >= enough and self.in_hand:
            self._changed = anyio.Event()
            with anyio.move_on_after(LOOK_AGAIN):
                await self._changed.wait()
            used = self._measure(memory)
        if used >= 1:
            gc.collect()
            if (used := self._measure(memory)) >= 1:
                taken = math.ceil(used * memory.limit)
                raise MemoryExceeded(f"{taken} bytes are taken with nothing in hand, {memory.limit} are allowed")
        return True

    def _measure(self, memory: MemoryLimit) -> float:
        """The part of the limit that is taken."""
        taken = memory.measure() - self._base
        self.peak = max(self.peak, taken)
        return taken / memory.limit
