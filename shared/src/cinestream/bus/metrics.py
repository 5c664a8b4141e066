"""The metrics that every consuming service has. Each service declares its own in its `metrics.py`."""

from prometheus_client import Counter, Gauge, Histogram


class ConsumeMetrics:
    """Metrics of the consume loop of one service; make one instance per process."""

    def __init__(self, service: str) -> None:
        self.deliveries = Counter(
            f"cinestream_{service}_deliveries_total",
            "Deliveries settled, by verdict: ack, transient, dead, bug, given-back",
            ["verdict"],
        )
        self.in_hand = Gauge(f"cinestream_{service}_deliveries_in_hand", "Deliveries being handled now")
        self.seconds = Histogram(
            f"cinestream_{service}_delivery_seconds",
            "Time from delivery to verdict",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
        )
