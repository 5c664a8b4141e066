"""Limits on the number of open streams: in total, and per client address."""

from collections import Counter
from typing import Literal


class ConnectionLimiter:
    """A count of open streams against two limits.

    Args:
        max_total: open streams of all clients together.
        max_per_address: open streams of one address. 0 means no limit per address.
    """

    def __init__(self, *, max_total: int, max_per_address: int) -> None:
        self._max_total = max_total
        self._max_per_address = max_per_address
        self._per_address: Counter[str] = Counter()
        self._total = 0

    def acquire(self, address: str) -> Literal["full", "address"] | None:
        """Count one more stream of this address.

        Returns:
            None if the stream is counted. Otherwise the limit that forbids it: `full` (total) or `address`.
        """
        if self._total >= self._max_total:
            return "full"
        if self._max_per_address and self._per_address[address] >= self._max_per_address:
            return "address"
        self._total += 1
        self._per_address[address] += 1
        return None

    def release(self, address: str) -> None:
        """Count one stream less. Call it once for each successful `acquire`."""
        self._total -= 1
        self._per_address[address] -= 1
        if not self._per_address[address]:
            del self._per_address[address]
