"""The metrics of the exporter. A process has one set."""

from prometheus_client import Counter, Gauge, Histogram

from cinestream_flow.pipeline import PipelineTotals

REQUESTS = Counter(
    "cinestream_trakt_requests_total",
    "Requests to Trakt by endpoint and result: ok, unchanged (304), network, timeout, server, rate_limit, refused "
    "(for good)",
    ["endpoint", "result"],
)
REQUEST_SECONDS = Histogram(
    "cinestream_trakt_request_seconds",
    "Seconds from sending a request to the end of its response, without the wait for a worker",
    ["endpoint"],
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
CACHE = Counter(
    "cinestream_trakt_cache_total",
    "Lookups by result: hit, confirmed (by a 304), stale (served while Trakt is down), miss",
    ["result"],
)
CACHE_EVICTIONS = Gauge("cinestream_trakt_cache_evictions", "Cached responses that were evicted in this run")
CACHE_BYTES = Gauge("cinestream_trakt_cache_bytes", "Bytes of cached responses")
BREAKER_OPEN = Gauge(
    "cinestream_trakt_breaker_open", "1 while the circuit is open because Trakt is down, 0.5 while a request tests it"
)
POOL_BUSY = Gauge("cinestream_trakt_pool_busy", "Requests that are running")
POOL_QUEUED = Gauge("cinestream_trakt_pool_queued", "Requests that wait for a worker")
POOL_REJECTED = Gauge(
    "cinestream_trakt_pool_rejected", "Requests that were rejected in this run because too many waited"
)
LIMITER_SECONDS = Gauge("cinestream_trakt_limiter_wait_seconds", "Seconds that requests waited for the rate limiter")
RUNS = Counter("cinestream_trakt_runs_total", "Scheduled exports by result: done, failed", ["result"])
LAST_DONE = Gauge(
    "cinestream_trakt_last_done_timestamp_seconds", "Unix time at which the last scheduled export was done"
)
STAGE_ITEMS = Counter(
    "cinestream_trakt_stage_items_total",
    "Items of a stage by result: in, out, bad (reported in skipped.csv)",
    ["stage", "result"],
)
STAGE_CALLS = Counter(
    "cinestream_trakt_stage_calls_total",
    "Calls of a stage, repeated calls for a chunk included",
    ["stage"],
)
STAGE_SECONDS = Counter("cinestream_trakt_stage_seconds_total", "Seconds in a stage, summed over all chunks", ["stage"])
PRESSURE_SECONDS = Counter(
    "cinestream_trakt_pressure_seconds_total", "Seconds for which reading was paused by memory_limit"
)
DROPPED = Counter("cinestream_trakt_dropped_total", "Pages that were left out because of memory_limit (strategy drop)")
for _result in ("hit", "confirmed", "stale", "miss"):
    CACHE.labels(_result)  # exposed as 0 before the first lookup
for _result in ("done", "failed"):
    RUNS.labels(_result)


def record_pipeline(totals: PipelineTotals) -> None:
    """Count the items of a pipeline that has ended."""
    for name, stage in totals.stages.items():
        for result, items in (("in", stage.items_in), ("out", stage.items_out), ("bad", stage.rejected)):
            STAGE_ITEMS.labels(name, result).inc(items)
        STAGE_CALLS.labels(name).inc(stage.calls)
        STAGE_SECONDS.labels(name).inc(stage.seconds)
    PRESSURE_SECONDS.inc(totals.waited)
    DROPPED.inc(totals.dropped)
