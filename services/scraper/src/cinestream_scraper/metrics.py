"""The metrics of the scraper. Those of its consume loops are `cinestream_scraper_deliveries_…`."""

from prometheus_client import Counter, Gauge, Histogram

from cinestream.bus.metrics import ConsumeMetrics

REQUEST_LOOP = ConsumeMetrics("scraper")
DUE_LOOP = ConsumeMetrics("scraper_due")

REQUESTS = Counter(
    "cinestream_scraper_requests_total", "Requests taken from the queue, repeated deliveries included", ["kind"]
)
FRESH = Counter("cinestream_scraper_fresh_total", "Requests whose stored page was fresh", ["kind"])
PAGES = Counter("cinestream_scraper_pages_total", "Pages read, by verdict", ["verdict"])
FAILURES = Counter(
    "cinestream_scraper_failures_total",
    "Readings that brought no page, by reason: session-lost, unreachable",
    ["reason"],
)
PUBLISHED = Counter("cinestream_scraper_published_total", "Pages published, by outcome", ["outcome"])
DISCOVERED = Counter("cinestream_scraper_discovered_total", "Requests that followed from pages and were not queued yet")
ROWS_MISSING = Counter("cinestream_scraper_rows_missing_total", "Rows that lists and searches state and did not show")
SNAPSHOTS = Counter("cinestream_scraper_snapshots_total", "Snapshots stored of failed pages")
PAGE_BYTES = Counter("cinestream_scraper_page_bytes_total", "Size of the pages read, before compression")
PAGE_SECONDS = Histogram(
    "cinestream_scraper_page_seconds",
    "Time to read a page in the browser",
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 20, 60),
)
SESSIONS_OPEN = Gauge("cinestream_scraper_sessions_open", "Browser sessions open now")
SESSIONS_OPENED = Counter("cinestream_scraper_sessions_opened_total", "Browser sessions opened since the start")
SESSIONS_RECYCLED = Counter(
    "cinestream_scraper_sessions_recycled_total",
    "Sessions replaced at a limit, by reason: pages, memory",
    ["reason"],
)
RATE = Gauge(
    "cinestream_scraper_rate_pages_per_second", "Pages per second that are read from the host at most. 0: no limit"
)
HOSTS_PAUSED = Gauge("cinestream_scraper_hosts_paused", "Hosts that are paused now")
BACKLOGGED = Gauge(
    "cinestream_scraper_backlogged", "1 while no request is taken because etl has too much to read, else 0"
)
