"""What the terminal shows: the parts and their states, and how many pages and films are on which step."""

import http.client
import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from prometheus_client.parser import text_string_to_metric_families
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cinestream_demo.local.plan import OPS_PORTS
from cinestream_demo.local.settings import LocalSettings
from cinestream_demo.local.supervisor import Part

_RATE_WINDOW = 10.0
Samples = Mapping[tuple[str, str], float]
"""Metric values by sample name and by the value of its first label ("" without one)."""


@dataclass(frozen=True)
class Counts:
    """The steps of the way, as the services' metrics tell them."""

    asked: int = 0
    read: int = 0
    enriched: int = 0
    streamed: int = 0
    clients: int = 0
    errors: int = 0

    @classmethod
    def of(cls, samples: Samples) -> "Counts":
        """Read the counts from all services' metrics together."""

        def total(name: str, labels: Iterable[str] = ()) -> int:
            wanted = set(labels)
            return int(sum(v for (n, label), v in samples.items() if n == name and (not wanted or label in wanted)))

        bad = ("dead", "bug")
        return cls(
            asked=total("cinestream_scraper_requests_total"),
            read=total("cinestream_scraper_pages_total"),
            enriched=total("cinestream_etl_pages_total", ["published"]),
            streamed=total("cinestream_stream_events_total"),
            clients=total("cinestream_stream_clients"),
            errors=total("cinestream_scraper_deliveries_total", bad) + total("cinestream_etl_deliveries_total", bad),
        )


@dataclass
class Progress:
    """The counts over time."""

    settings: LocalSettings
    started: float = field(default_factory=time.monotonic)
    counts: Counts = field(default_factory=Counts)
    first_film: float | None = None
    _history: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=64))

    def update(self) -> None:
        """Ask the services for their metrics; what does not answer keeps its last value. Blocks shortly."""
        samples: dict[tuple[str, str], float] = {}
        for offset in OPS_PORTS.values():
            samples.update(_scrape(self.settings.ops_port + offset))
        if samples:
            self.counts = Counts.of(samples)
        now = time.monotonic()
        self._history.append((now, self.counts.enriched))
        while now - self._history[0][0] > _RATE_WINDOW:
            self._history.popleft()
        if self.counts.streamed and self.first_film is None:
            self.first_film = now - self.started

    @property
    def per_minute(self) -> float:
        """Films enriched per minute, over the last seconds."""
        if len(self._history) < 2:
            return 0.0
        (t0, n0), (t1, n1) = self._history[0], self._history[-1]
        return max(0.0, (n1 - n0) / (t1 - t0) * 60) if t1 > t0 else 0.0

    def line(self) -> str:
        """One line, for a terminal that is none."""
        c = self.counts
        return (
            f"asked {c.asked}  read {c.read}  enriched {c.enriched}  streamed {c.streamed}  "
            f"{self.per_minute:.0f} films/min  errors {c.errors}  clients {c.clients}"
        )

    def panel(self, parts: Iterable[Part]) -> RenderableType:
        """The live display."""
        c = self.counts
        steps = Table.grid(padding=(0, 3))
        for _ in range(7):
            steps.add_column(justify="right")
        steps.add_row(
            *(Text(t, style="dim") for t in ("asked", "read", "enriched", "streamed", "films/min", "errors", "clients"))
        )
        error_style = "bold red" if c.errors else "bold"
        values = [c.asked, c.read, c.enriched, c.streamed, round(self.per_minute), c.errors, c.clients]
        styles = ["bold", "bold", "bold", "bold green", "bold", error_style, "bold"]
        steps.add_row(*(Text(f"{v:,}", style=s) for v, s in zip(values, styles, strict=True)))
        return Panel(
            Group(steps, Text(), _parts(parts), Text(), self._where()),
            title="CineStream",
            subtitle="Ctrl-C ends everything",
            expand=False,
            padding=(1, 2),
        )

    def _where(self) -> RenderableType:
        url = self.settings.stream_url
        where = Table.grid(padding=(0, 2))
        where.add_row(Text("watch", style="dim"), Text(url, style="bold cyan"))
        where.add_row(Text("try", style="dim"), Text(f"curl -N '{url}/api/movies/stream?replay=5'"))
        where.add_row(Text("site", style="dim"), Text(self.settings.site))
        where.add_row(
            Text("data, logs", style="dim"), Text(f"{self.settings.data_dir}/  {self.settings.data_dir}/logs/")
        )
        return where


def _parts(parts: Iterable[Part]) -> Table:
    table = Table.grid(padding=(0, 2))
    colours = {"running": "green", "done": "green", "waiting": "dim", "ended": "dim"}
    for part in parts:
        note = f"crashed {part.crashes}×, last {part.last_crash}" if part.crashes else ""
        table.add_row(part.name, Text(part.state, style=colours.get(part.state, "yellow")), Text(note, style="red"))
    return table


def _scrape(port: int) -> dict[tuple[str, str], float]:
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
