"""Random but reproducible faults for a share of the titles (`--faults slow=0.1,503=0.1`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from hashlib import blake2b

from cinestream_demo.pages.faults import Fault, InvalidFault, parse_fault
from cinestream_flow.message import Message

TEMPORARY = frozenset({"slow", "503", "429", "403", "challenge", "empty", "incomplete"})
"""Faults that pass. When sampled, they show only on the first requests of a title."""


class FaultSampler:
    """Assigns faults to a share of the titles.

    The hash of the id decides, so the same titles have the same faults in every run.
    """

    def __init__(self, shares: Mapping[str, float], shown: int = 1) -> None:
        """Take the share of the titles per fault, each 0 to 1. Temporary faults show on `shown` requests per title.

        Raises:
            InvalidFault: a fault does not exist, a share is negative, or all shares together exceed 1.
        """
        if any(share < 0 for share in shares.values()) or sum(shares.values()) > 1 + 1e-9:
            raise InvalidFault(Message("the shares of all faults must be 0 or more, and at most 1 together"))
        self._shares = [(parse_fault(name), share) for name, share in shares.items()]
        self._shown = shown
        self._requests: Counter[str] = Counter()

    def next_fault(self, film_id: str) -> Fault | None:
        """Count a request of a title, and return the fault that it shows."""
        fault = self.fault_of(film_id)
        if fault is None or fault.name not in TEMPORARY:
            return fault
        self._requests[film_id] += 1
        return fault if self._requests[film_id] <= self._shown else None

    def fault_of(self, film_id: str) -> Fault | None:
        """Return the fault assigned to a title, even if it has passed."""
        position = int.from_bytes(blake2b(film_id.encode(), digest_size=6).digest(), "big") / 256**6
        for fault, share in self._shares:
            if position < share:
                return fault
            position -= share
        return None


def parse_shares(text: str) -> dict[str, float]:
    """Parse `slow=0.1,503=0.1` into a mapping.

    Raises:
        InvalidFault: a share is not a number.
    """
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    try:
        return {name.strip(): float(share) for name, _, share in pairs}
    except ValueError as error:
        raise InvalidFault(Message("a share must be a number from 0 to 1: {text}", text=text)) from error
