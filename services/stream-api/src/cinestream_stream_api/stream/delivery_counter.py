"""Counts of the events and bytes written to clients."""

import asyncio

from prometheus_client import Counter


class DeliveryCounter:
    """Sums of deliveries, added to the metrics once per turn of the event loop.

    A metric takes a lock at each increment. With thousands of clients that costs more than the counting itself.
    """

    def __init__(self, deliveries: Counter, sent_bytes: Counter) -> None:
        self._deliveries = deliveries
        self._sent_bytes = sent_bytes
        self._events = self._bytes = 0

    def count(self, events: int, size: int) -> None:
        """Count one write to one client, of so many events and `size` bytes."""
        if not self._bytes and size:
            asyncio.get_running_loop().call_soon(self._flush)
        self._events += events
        self._bytes += size

    def _flush(self) -> None:
        self._deliveries.inc(self._events)
        self._sent_bytes.inc(self._bytes)
        self._events = self._bytes = 0
