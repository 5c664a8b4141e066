"""How often what was served, so that a test can say "every page was read once"."""

from __future__ import annotations

from collections import Counter, defaultdict


class RequestsLog:
    """Counts; bounded, as only ids that the site has are counted one by one."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self.titles: Counter[str] = Counter()
        self.refused: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def served(self, kind: str, film_id: str | None = None) -> None:
        """A page was served whole (title pages with the film's id)."""
        self.kinds[kind] += 1
        if film_id:
            self.titles[film_id] += 1

    def faulted(self, fault: str, film_id: str | None = None) -> None:
        """A fault was shown instead of a page, or on it."""
        self.kinds["fault"] += 1
        self.refused[fault][film_id or "other"] += 1

    def summary(self) -> dict[str, object]:
        """`kinds` of answers, how often each title was served, and which faults each title had."""
        return {"kinds": self.kinds, "titles": self.titles, "faults": self.refused}
