"""The metrics of the scraper, besides those of its consume loops (`cinestream_scraper_deliveries_…`)."""

from prometheus_client import Counter, Gauge, Histogram

from cinestream.bus.metrics import ConsumeMetrics

REQUEST_LOOP = ConsumeMetrics("scraper")
DUE_LOOP = ConsumeMetrics("scraper_due")

REQUESTS = Counter(
    "cinestream_scraper_requests_total", "Requests taken: pages asked for, those taken again included", ["kind"]
)
FRESH = Counter("cinestream_scraper_fresh_total", "Requests that needed no reading: the stored page is fresh", ["kind"])
PAGES = Counter("cinestream_scraper_pages_total", "Pages read, by verdict", ["verdict"])
FAILURES = Counter(
    "cinestream_scraper_failures_total", "Readings that brought no page: session-lost, unreachable", ["reason"]
)
PUBLISHED = Counter("cinestream_scraper_published_total", "Pages published, by outcome", ["outcome"])
DISCOVERED = Counter("cinestream_scraper_discovered_total", "Requests that pages led to and that were not queued yet")
ROWS_MISSING = Counter(
    "cinestream_scraper_rows_missing_total", "Rows that lists and searches say they have, and that they did not show"
)
SNAPSHOTS = Counter("cinestream_scraper_snapshots_total", "Snapshots of failed pages that were stored")
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
    "Sessions replaced before they wear out, by reason: pages, memory",
    ["reason"],
)
RATE = Gauge("cinestream_scraper_rate_pages_per_second", "Pages per second that the host is asked for now; 0: no limit")
HOSTS_PAUSED = Gauge("cinestream_scraper_hosts_paused", "Hosts that are left alone now")
BACKLOGGED = Gauge("cinestream_scraper_backlogged", "1 while no request is taken because etl has too much to read")
