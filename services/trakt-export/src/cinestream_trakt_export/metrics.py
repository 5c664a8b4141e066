"""The metrics of the exporter, all of them; one set per process."""

from prometheus_client import Counter, Gauge, Histogram

from cinestream_flow.pipeline import PipelineTotals

REQUESTS = Counter(
    "cinestream_trakt_requests_total",
    "Requests to Trakt, by endpoint and result: ok, unchanged (304), network, timeout, server, rate_limit, refused "
    "(a no that stays)",
    ["endpoint", "result"],
)
REQUEST_SECONDS = Histogram(
    "cinestream_trakt_request_seconds",
    "Time from asking Trakt to the whole answer, waiting for one's turn not included",
    ["endpoint"],
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
CACHE = Counter(
    "cinestream_trakt_cache_total",
    "Questions, by where their answer came from: hit, confirmed (kept, after a 304), stale (kept, Trakt is down), miss",
    ["result"],
)
CACHE_EVICTIONS = Gauge("cinestream_trakt_cache_evictions", "Kept answers that had to go for others, in this run")
CACHE_BYTES = Gauge("cinestream_trakt_cache_bytes", "Bytes of kept answers")
BREAKER_OPEN = Gauge(
    "cinestream_trakt_breaker_open", "1 while Trakt is not asked because it is down, 0.5 while it is tested"
)
POOL_BUSY = Gauge("cinestream_trakt_pool_busy", "Requests in hand")
POOL_QUEUED = Gauge("cinestream_trakt_pool_queued", "Requests that wait for a worker")
POOL_REJECTED = Gauge("cinestream_trakt_pool_rejected", "Requests rejected because too many waited, in this run")
LIMITER_SECONDS = Gauge("cinestream_trakt_limiter_wait_seconds", "Time that requests waited for their turn")
RUNS = Counter("cinestream_trakt_runs_total", "Scheduled exports, by result: done, failed", ["result"])
LAST_DONE = Gauge("cinestream_trakt_last_done_timestamp_seconds", "When the last scheduled export was done (Unix time)")
STAGE_ITEMS = Counter(
    "cinestream_trakt_stage_items_total",
    "Items of a stage of the export, by what became of them: in, out, bad (reported in skipped.csv)",
    ["stage", "result"],
)
STAGE_CALLS = Counter(
    "cinestream_trakt_stage_calls_total",
    "Calls of a stage, those for a chunk again included",
    ["stage"],
)
STAGE_SECONDS = Counter("cinestream_trakt_stage_seconds_total", "Time in a stage, all its chunks together", ["stage"])
PRESSURE_SECONDS = Counter("cinestream_trakt_pressure_seconds_total", "Time that reading was held back by memory_limit")
DROPPED = Counter("cinestream_trakt_dropped_total", "Pages left out because of memory_limit (strategy drop)")
for _result in ("hit", "confirmed", "stale", "miss"):
    CACHE.labels(_result)  # shown as 0 before the first
for _result in ("done", "failed"):
    RUNS.labels(_result)


def streamed(totals: PipelineTotals) -> None:
    """Count what went through a pipeline that has ended."""
    for name, stage in totals.stages.items():
        for result, items in (("in", stage.items_in), ("out", stage.items_out), ("bad", stage.rejected)):
            STAGE_ITEMS.labels(name, result).inc(items)
        STAGE_CALLS.labels(name).inc(stage.calls)
        STAGE_SECONDS.labels(name).inc(stage.seconds)
    PRESSURE_SECONDS.inc(totals.waited)
    DROPPED.inc(totals.dropped)
