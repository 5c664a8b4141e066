"""Limits on the number of open streams: in total, and per client address."""

from collections import Counter
from typing import Literal

from cinestream_flow.logger import get_logger
from cinestream_stream_api.stream.address_limit import AddressLimit

log = get_logger("stream")


class ConnectionLimiter:
    """A count of open streams against two limits.

    The log warns when one address holds half of all places. It warns again only after that address fell below.

    Args:
        max_total: open streams of all clients together.
        per_address: the limit of each address.
    """

    def __init__(self, *, max_total: int, per_address: AddressLimit) -> None:
        self._max_total = max_total
        self._limit = per_address
        self._per_address: Counter[str] = Counter()
        self._total = 0
        self._warned: set[str] = set()

    def acquire(self, address: str) -> Literal["full", "address"] | None:
        """Count one more stream of this address.

        Returns:
            None if the stream is counted. Otherwise the limit that forbids it: `full` (total) or `address`.
        """
        if self._total >= self._max_total:
            return "full"
        if (limit := self._limit.of(address)) and self._per_address[address] >= limit:
            return "address"
        self._total += 1
        self._per_address[address] += 1
        if self._holds_half(address) and address not in self._warned:
            self._warn(address)
        return None

    def release(self, address: str) -> None:
        """Count one stream less. Call it once for each successful `acquire`."""
        self._total -= 1
        self._per_address[address] -= 1
        if not self._holds_half(address):
            self._warned.discard(address)
        if not self._per_address[address]:
            del self._per_address[address]

    def _holds_half(self, address: str) -> bool:
        return 2 * self._per_address[address] >= self._max_total

    def _warn(self, address: str) -> None:
        self._warned.add(address)  # at most two addresses hold half of all places, so the set stays small
        log.warning(
            "stream.address_holds_half",
            address=address,
            streams=self._per_address[address],
            places=self._max_total,
            cure="CINESTREAM_STREAM_MAX_CLIENTS_PER_ADDRESS limits it, and CINESTREAM_STREAM_TRUSTED_PROXIES tells "
            "the clients of a proxy apart",
        )
