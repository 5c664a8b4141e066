"""The metrics of the consume loop. Each service declares its other metrics in its own `metrics.py`."""

from prometheus_client import Counter, Gauge, Histogram


class ConsumeMetrics:
    """The metrics of one consume loop. Create one instance per process and loop."""

    def __init__(self, service: str) -> None:
        self.deliveries = Counter(
            f"cinestream_{service}_deliveries_total",
            "Deliveries settled, by verdict: ack, transient, dead, bug, given-back",
            ["verdict"],
        )
        self.in_hand = Gauge(f"cinestream_{service}_deliveries_in_hand", "Deliveries being handled now")
        self.seconds = Histogram(
            f"cinestream_{service}_delivery_seconds",
            "Seconds from delivery to verdict",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
        )
