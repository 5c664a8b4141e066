"""Statistics of the requests to Trakt, for people: counts, times of each endpoint, the last error."""

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

MAX_SAMPLES = 1000
"""The newest times of an endpoint that its mean and percentiles are made of."""


@dataclass
class _EndpointStatistics:
    requests: int = 0
    errors: int = 0
    seconds: deque[float] = field(default_factory=lambda: deque(maxlen=MAX_SAMPLES))

    def facts(self) -> dict[str, float]:
        ordered = sorted(self.seconds)
        facts: dict[str, float] = {"requests": self.requests, "errors": self.errors}
        if ordered:
            facts["mean_ms"] = round(1000 * sum(ordered) / len(ordered), 1)
            facts |= {f"p{part}_ms": round(1000 * percentile(ordered, part), 1) for part in (50, 95, 99)}
        return facts


def percentile(ordered: Sequence[float], part: int) -> float:
    """Return the value that `part` percent of the sorted values do not exceed (nearest rank)."""
    return ordered[max(0, math.ceil(len(ordered) * part / 100) - 1)]


class RequestStatistics:
    """Statistics since this object was made.

    Args:
        enabled: record requests. It can be changed at any time.
        clock: returns Unix time.
    """

    def __init__(self, *, enabled: bool = True, clock: Callable[[], float] = time.time) -> None:
        self.enabled = enabled
        self._clock, self._started = clock, clock()
        self._endpoints: dict[str, _EndpointStatistics] = {}
        self._last_error: dict[str, str] | None = None

    def record(self, path: str, seconds: float, result: str, error: Exception | None = None) -> None:
        """Record a request: its path, its duration, its result as a label of the metrics, its error if it failed."""
        if not self.enabled:
            return
        name = endpoint_of(path).template
        endpoint = self._endpoints.setdefault(name, _EndpointStatistics())
        endpoint.requests += 1
        endpoint.seconds.append(seconds)
        metrics.REQUESTS.labels(name, result).inc()
        metrics.REQUEST_SECONDS.labels(name).observe(seconds)
        if error is not None:
            endpoint.errors += 1
            at = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="seconds")
            self._last_error = {"at": at, "endpoint": name, "reason": message_of(error)}

    def facts(self) -> dict[str, Any]:
        """Return all statistics, ready for JSON."""
        uptime = max(self._clock() - self._started, 0.001)
        requests = sum(endpoint.requests for endpoint in self._endpoints.values())
        return {
            "uptime_seconds": round(uptime, 1),
            "requests": requests,
            "errors": sum(endpoint.errors for endpoint in self._endpoints.values()),
            "requests_per_second": round(requests / uptime, 3),
            "last_error": self._last_error,
            "endpoints": {name: endpoint.facts() for name, endpoint in sorted(self._endpoints.items())},
        }
