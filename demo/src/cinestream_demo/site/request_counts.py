"""Counters of responses, so that a test can check how often each page was read."""

from __future__ import annotations

from collections import Counter, defaultdict


class RequestCounts:
    """Numbers of responses by kind, by title and by fault.

    Only ids that the site has are counted one by one, so the counters are bounded.
    """

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self.titles: Counter[str] = Counter()
        self.faults: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def count_page(self, kind: str, film_id: str | None = None) -> None:
        """Count a complete page. Title pages are counted with the id of the film."""
        self.kinds[kind] += 1
        if film_id:
            self.titles[film_id] += 1

    def count_fault(self, fault: str, film_id: str | None = None) -> None:
        """Count a fault, whether it replaced a page or changed one."""
        self.kinds["fault"] += 1
        self.faults[fault][film_id or "other"] += 1

    def summary(self) -> dict[str, object]:
        """Return `kinds` (responses of each kind), `titles` (complete pages of each title) and `faults` by title."""
        return {"kinds": self.kinds, "titles": self.titles, "faults": self.faults}
