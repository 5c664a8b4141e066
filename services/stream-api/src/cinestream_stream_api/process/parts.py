"""The parts of the service and how they are connected."""

from dataclasses import dataclass
from math import ceil

from cinestream.bus.jetstream import Bus
from cinestream_stream_api.catalogue.notices import Notices
from cinestream_stream_api.catalogue.scan import Scan
from cinestream_stream_api.events.gap import CAUSES
from cinestream_stream_api.log.history import History
from cinestream_stream_api.log.lag import Lag
from cinestream_stream_api.log.tail import Tail
from cinestream_stream_api.metrics import StreamMetrics
from cinestream_stream_api.settings import StreamSettings
from cinestream_stream_api.stream.address_limit import PUBLIC_LIMIT, AddressLimit
from cinestream_stream_api.stream.connection_limiter import ConnectionLimiter
from cinestream_stream_api.stream.delivery_counter import DeliveryCounter
from cinestream_stream_api.stream.hub import Hub
from cinestream_stream_api.stream.replay_search import SearchTurns
from cinestream_stream_api.stream.scheduler import Scheduler
from cinestream_stream_api.stream.server import StreamServer
from cinestream_stream_api.stream.subscriber import Sources
from cinestream_stream_api.stream.waker import Waker


@dataclass(frozen=True)
class ServiceParts:
    """The parts that the service starts and ends. Each other part is reached through one of these."""

    tail: Tail
    hub: Hub
    scheduler: Scheduler
    scan: Scan
    streams: StreamServer
    notices: Notices


def make_parts(bus: Bus, settings: StreamSettings, metrics: StreamMetrics) -> ServiceParts:
    """Make all parts of a process. Nothing runs yet."""
    for cause in CAUSES:
        metrics.gaps.labels(cause)  # an alert would miss the first increment of a series that it did not know
    max_interval = settings.stream_push_interval_ms / 1000
    history = History(bus, max_bytes=settings.stream_history_bytes, metrics=metrics)
    lag = Lag(metrics.lag, max_waiting=settings.stream_ring_events)
    waker = Waker(max_interval)
    tail = Tail(bus, history, settings=settings, metrics=metrics, lag=lag, on_growth=waker.wake)
    waker.on_wake(tail.report)
    hub = Hub(waker, max_interval=max_interval, metrics=metrics)
    scheduler = Scheduler(hub.listeners, tail, waker, lag=lag, heartbeat=settings.stream_heartbeat)
    per_address = AddressLimit(
        settings.stream_max_clients_per_address,
        # Each worker counts its own clients. The share is rounded up, so that none is 0, which means no limit.
        public_limit=ceil(PUBLIC_LIMIT / settings.stream_workers),
        trusted_proxies=settings.stream_trusted_proxies,
    )
    scan = Scan(tail, history, waker.wait)
    notices = Notices(scan)
    streams = StreamServer(
        settings=settings,
        sources=Sources(tail, history, scheduler, metrics, scan, notices, SearchTurns()),
        hub=hub,
        limiter=ConnectionLimiter(max_total=settings.stream_max_clients, per_address=per_address),
        deliveries=DeliveryCounter(metrics.deliveries, metrics.bytes),
    )
    return ServiceParts(tail, hub, scheduler, scan, streams, notices)
