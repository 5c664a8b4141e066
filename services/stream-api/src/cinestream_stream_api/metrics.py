"""The metrics of stream-api, all in one place."""

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram


class StreamMetrics:
    """Every metric of the service, each with what it means."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.clients = Gauge(
            "cinestream_stream_clients",
            "Open streams, by state: live, or catching-up on history",
            ["state"],
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.events = Counter(
            "cinestream_stream_events_total",
            "Films that came since the start, by source: live, or history (what was missed)",
            ["source"],
            registry=registry,
        )
        self.skipped = Counter(
            "cinestream_stream_events_skipped_total", "Stored messages that are not films", registry=registry
        )
        self.deliveries = Counter(
            "cinestream_stream_deliveries_total",
            "Events written to clients, each counted once a client",
            registry=registry,
        )
        self.bytes = Counter(
            "cinestream_stream_sent_bytes_total", "Bytes of stream bodies written to clients", registry=registry
        )
        self.disconnects = Counter(
            "cinestream_stream_disconnects_total",
            "Ended streams, by reason: client (it went), slow (fell out of the ring), send_timeout, lifetime, "
            "shutdown, failed (a mistake of ours)",
            ["reason"],
            registry=registry,
        )
        self.refused = Counter(
            "cinestream_stream_refused_total",
            "Streams not opened, by reason: full, address (it has its share), unavailable (no bus), shutdown",
            ["reason"],
            registry=registry,
        )
        self.gaps = Counter("cinestream_stream_gaps_total", "Gaps told to clients", registry=registry)
        self.history_reads = Counter(
            "cinestream_stream_history_reads_total",
            "Batched reads of JetStream, by purpose: page (for clients), tail (to mend the ring), scan",
            ["purpose"],
            registry=registry,
        )
        self.fill = Gauge(
            "cinestream_stream_history_fill_ratio",
            "How much of the bytes that MOVIES may hold is used (0 to 1); at 1 the oldest versions go",
            registry=registry,
            multiprocess_mode="livemax",
        )
        self.ring_events = Gauge(
            "cinestream_stream_ring_events", "Events in the ring", registry=registry, multiprocess_mode="livemax"
        )
        self.position = Gauge(
            "cinestream_stream_position",
            "Sequence of the last event that clients can get",
            registry=registry,
            # The worker that is behind is the one to know of.
            multiprocess_mode="livemin",
        )
        self.lag = Histogram(
            "cinestream_stream_lag_seconds",
            "Time from the storing of a film in JetStream to its writing to the last of the clients that keep up",
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
            registry=registry,
        )


PROCESS = StreamMetrics()
"""Those that the ops port shows."""
