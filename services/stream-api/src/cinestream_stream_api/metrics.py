"""The metrics of stream-api."""

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram


class StreamMetrics:
    """All metrics of the service."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.clients = Gauge(
            "cinestream_stream_clients",
            "Open streams, by state: live, or catching-up (reading history)",
            ["state"],
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.events = Counter(
            "cinestream_stream_events_total",
            "Films received since the start, by source: live, or history (films that live messages lacked)",
            ["source"],
            registry=registry,
        )
        self.skipped = Counter(
            "cinestream_stream_events_skipped_total",
            "Stored messages skipped because they are no films",
            registry=registry,
        )
        self.deliveries = Counter(
            "cinestream_stream_deliveries_total",
            "Events written to clients, counted once per client",
            registry=registry,
        )
        self.bytes = Counter(
            "cinestream_stream_sent_bytes_total", "Bytes of stream bodies written to clients", registry=registry
        )
        self.disconnects = Counter(
            "cinestream_stream_disconnects_total",
            "Ended streams, by reason: client (it disconnected), slow (it fell behind the ring), send_timeout, "
            "lifetime, shutdown, until (it reached its end), operator (ended on the ops port), failed (internal error)",
            ["reason"],
            registry=registry,
        )
        self.refused = Counter(
            "cinestream_stream_refused_total",
            "Refused streams, by reason: full, address (its limit is reached), unavailable (NATS does not answer), "
            "shutdown",
            ["reason"],
            registry=registry,
        )
        self.gaps = Counter(
            "cinestream_stream_gaps_total",
            "Gaps reported to clients, by cause: the client's id is malformed, other_epoch (of another stream), "
            "beyond_last or expired (older than history); or the store replaced the stream or lost events (lost)",
            ["cause"],
            registry=registry,
        )
        self.history_reads = Counter(
            "cinestream_stream_history_reads_total",
            "Reads of JetStream, by purpose: page (for clients), tail (to fill the ring), scan (for the film index)",
            ["purpose"],
            registry=registry,
        )
        self.fill = Gauge(
            "cinestream_stream_history_fill_ratio",
            "Used part of the bytes that the stream MOVIES may hold (0 to 1). At 1 the oldest versions are dropped",
            registry=registry,
            multiprocess_mode="livemax",
        )
        self.ring_events = Gauge(
            "cinestream_stream_ring_events", "Events in the ring", registry=registry, multiprocess_mode="livemax"
        )
        self.position = Gauge(
            "cinestream_stream_position",
            "Sequence of the newest event that clients can get",
            registry=registry,
            # The minimum shows a worker that is behind the others.
            multiprocess_mode="livemin",
        )
        self.lag = Histogram(
            "cinestream_stream_lag_seconds",
            "Seconds from storing a film in JetStream to writing it to the last of the clients that keep up",
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
            registry=registry,
        )


PROCESS = StreamMetrics()
"""The metrics that the ops port shows."""
