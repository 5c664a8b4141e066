"""How much is kept."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """As many answers, as many bytes, and for as many seconds; the least recently used goes first."""

    capacity: int
    max_bytes: int
    keep: float
