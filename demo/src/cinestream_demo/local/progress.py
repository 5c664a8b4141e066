"""Progress of the local run: how many pages and films have passed each step, from the services' metrics."""

import http.client
import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from prometheus_client.parser import text_string_to_metric_families

from cinestream_demo.local.plan import OPS_PORT_OFFSETS
from cinestream_demo.local.settings import LocalSettings

_RATE_WINDOW_SECONDS = 10.0
Samples = Mapping[tuple[str, str], float]
"""Metric values by the name of the sample and the value of its first label ("" without labels)."""


@dataclass(frozen=True)
class PipelineCounts:
    """Numbers of pages and films that have passed each step since the services started."""

    requested: int = 0
    read: int = 0
    enriched: int = 0
    streamed: int = 0
    clients: int = 0
    errors: int = 0

    @classmethod
    def of(cls, samples: Samples) -> "PipelineCounts":
        """Compute the counts from the samples of all services."""

        def total(name: str, labels: Iterable[str] = ()) -> int:
            requested = set(labels)
            return int(
                sum(v for (n, label), v in samples.items() if n == name and (not requested or label in requested))
            )

        failed = ("dead", "bug")
        return cls(
            requested=total("cinestream_scraper_requests_total"),
            read=total("cinestream_scraper_pages_total"),
            enriched=total("cinestream_etl_pages_total", ["published"]),
            streamed=total("cinestream_stream_events_total"),
            clients=total("cinestream_stream_clients"),
            errors=total("cinestream_scraper_deliveries_total", failed)
            + total("cinestream_etl_deliveries_total", failed),
        )


@dataclass
class RunProgress:
    """The counts of a run over time. `first_film` is the seconds until the first film was streamed, or None."""

    settings: LocalSettings
    started: float = field(default_factory=time.monotonic)
    counts: PipelineCounts = field(default_factory=PipelineCounts)
    first_film: float | None = None
    _history: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=64))

    def update(self) -> None:
        """Read the metrics of all services. Blocks for up to 0.5 s per service.

        The counts stay as they are when no service responds.
        """
        samples: dict[tuple[str, str], float] = {}
        for offset in OPS_PORT_OFFSETS.values():
            samples.update(_scrape(self.settings.ops_port + offset))
        if samples:
            self.counts = PipelineCounts.of(samples)
        now = time.monotonic()
        self._history.append((now, self.counts.enriched))
        while now - self._history[0][0] > _RATE_WINDOW_SECONDS:
            self._history.popleft()
        if self.counts.streamed and self.first_film is None:
            self.first_film = now - self.started

    @property
    def per_minute(self) -> float:
        """Films enriched per minute over the last 10 seconds."""
        if len(self._history) < 2:
            return 0.0
        (t0, n0), (t1, n1) = self._history[0], self._history[-1]
        return max(0.0, (n1 - n0) / (t1 - t0) * 60) if t1 > t0 else 0.0


def _scrape(port: int) -> dict[tuple[str, str], float]:
    """Return the samples of one service, or nothing if it does not respond."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=0.5)
    try:
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
    except (OSError, http.client.HTTPException):
        return {}
    finally:
        connection.close()
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("cinestream_") and not sample.name.endswith(("_bucket", "_created"))
    }
