"""What happened between us and Trakt, for people: counts, times per endpoint, the last error."""

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cinestream_flow.message import message_of
from cinestream_trakt_export import metrics
from cinestream_trakt_export.trakt.endpoints import endpoint_of

WINDOW = 1000
"""Times per endpoint that means and percentiles are made of, the newest."""


@dataclass
class _Times:
    requests: int = 0
    errors: int = 0
    seconds: deque[float] = field(default_factory=lambda: deque(maxlen=WINDOW))

    def facts(self) -> dict[str, float]:
        ordered = sorted(self.seconds)
        facts: dict[str, float] = {"requests": self.requests, "errors": self.errors}
        if ordered:
            facts["mean_ms"] = round(1000 * sum(ordered) / len(ordered), 1)
            facts |= {f"p{part}_ms": round(1000 * percentile(ordered, part), 1) for part in (50, 95, 99)}
        return facts


def percentile(ordered: Sequence[float], part: int) -> float:
    """The value that `part` percent of the ordered values do not exceed (nearest rank)."""
    return ordered[max(0, math.ceil(len(ordered) * part / 100) - 1)]


class Statistics:
    """What happened since this object was made; with `enabled` false nothing is recorded."""

    def __init__(self, *, enabled: bool = True, clock: Callable[[], float] = time.time) -> None:
        self.enabled = enabled
        self._clock, self._started = clock, clock()
        self._endpoints: dict[str, _Times] = {}
        self._last_error: dict[str, str] | None = None

    def request(self, path: str, seconds: float, result: str, error: Exception | None = None) -> None:
        """A request was answered, or not."""
        if not self.enabled:
            return
        name = endpoint_of(path).template
        times = self._endpoints.setdefault(name, _Times())
        times.requests += 1
        times.seconds.append(seconds)
        metrics.REQUESTS.labels(name, result).inc()
        metrics.REQUEST_SECONDS.labels(name).observe(seconds)
        if error is not None:
            times.errors += 1
            at = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="seconds")
            self._last_error = {"at": at, "endpoint": name, "reason": message_of(error)}

    def facts(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
        uptime = max(self._clock() - self._started, 0.001)
        requests = sum(times.requests for times in self._endpoints.values())
        return {
            "uptime_seconds": round(uptime, 1),
            "requests": requests,
            "errors": sum(times.errors for times in self._endpoints.values()),
            "requests_per_second": round(requests / uptime, 3),
            "last_error": self._last_error,
            "endpoints": {name: times.facts() for name, times in sorted(self._endpoints.items())},
        }
