"""Progress of the local run: the counts of the streams over time, the clients, and the time of the first film."""

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

import anyio

from cinestream_demo.local.plan import OPS_PORT_OFFSETS
from cinestream_demo.local.progress.ops import read_clients, read_problems
from cinestream_demo.local.progress.streams import StreamCounts, follow_streams
from cinestream_demo.local.settings import LocalSettings

_RATE_WINDOW_SECONDS = 10.0
_OPS_SECONDS = 1.0


@dataclass
class RunProgress:
    """The progress of a run.

    Attributes:
        settings: settings of the run.
        passwords: password of each NATS user.
        started: time of the start, as `time.monotonic` counts.
        before: counts at the start of the run, or None as long as they are unknown.
        counts: counts of the streams now.
        clients: open streams now.
        problems: problems that the services report themselves, by service.
        first_film: seconds until the first film of this run was stored, or None.
    """

    settings: LocalSettings
    passwords: Mapping[str, str] = field(default_factory=dict, repr=False)
    started: float = field(default_factory=time.monotonic)
    before: StreamCounts | None = None
    counts: StreamCounts = field(default_factory=StreamCounts)
    clients: int = 0
    problems: dict[str, list[str]] = field(default_factory=dict)
    first_film: float | None = None
    _history: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=64))

    async def watch(self) -> None:
        """Keep the progress up to date until cancelled."""
        async with anyio.create_task_group() as group:
            group.start_soon(follow_streams, self.settings, self.passwords, self.record)
            group.start_soon(self._watch_services)

    async def _watch_services(self) -> None:
        while True:
            await anyio.to_thread.run_sync(self._ask_services, abandon_on_cancel=True)
            await anyio.sleep(_OPS_SECONDS)

    def _ask_services(self) -> None:
        ports = {name: self.settings.ops_port + offset for name, offset in OPS_PORT_OFFSETS.items()}
        clients = read_clients(ports["stream-api"])
        self.clients = self.clients if clients is None else clients
        self.problems = {name: read_problems(port) for name, port in ports.items()}

    def record(self, counts: StreamCounts) -> None:
        """Record counts that were read now."""
        now = time.monotonic()
        self.counts = counts
        self.before = self.before or counts
        self._history.append((now, counts.versions))
        while now - self._history[0][0] > _RATE_WINDOW_SECONDS:
            self._history.popleft()
        if counts.versions > self.before.versions and self.first_film is None:
            self.first_film = now - self.started

    @property
    def per_minute(self) -> float:
        """New and changed films per minute over the last 10 seconds."""
        if len(self._history) < 2:
            return 0.0
        (t0, n0), (t1, n1) = self._history[0], self._history[-1]
        return (n1 - n0) / (t1 - t0) * 60 if t1 > t0 else 0.0
