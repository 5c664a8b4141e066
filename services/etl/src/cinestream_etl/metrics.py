"""All metrics of etl, one set per process."""

from prometheus_client import Counter, Gauge, Histogram

from cinestream.bus.metrics import ConsumeMetrics

CONSUME = ConsumeMetrics("etl")

PAGES = Counter(
    "cinestream_etl_pages_total",
    "Pages settled, by result: published, unchanged, older (a newer page of the film is known), filtered (not a film), "
    "invalid, or not-found, moved and other-kind (the scraper's record that there is no page to read)",
    ["result"],
)
for _result in ("published", "unchanged", "older", "filtered", "invalid", "not-found", "moved", "other-kind"):
    PAGES.labels(_result)  # so that Prometheus sees 0 before the first page
TONE = Gauge(
    "cinestream_etl_tone_info",
    "The tone model of this process, always 1; the digest covers all words and numbers of the models. Workers with "
    "different labels publish each other's films again",
    ["model", "digest"],
)
PARSE_SECONDS = Histogram(
    "cinestream_etl_parse_seconds",
    "Seconds to decompress, parse and validate a page; this blocks the event loop",
    buckets=(0.001, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 1),
)
FILMS = Counter("cinestream_etl_films_total", "Pages of films that were read, by the layout of the page", ["layout"])
FIELDS_MISSING = Counter(
    "cinestream_etl_fields_missing_total",
    "Films whose page has no value for a field, by field and by the layout of the page; the fill rate of a field is 1 "
    "minus this counter divided by the films of that layout",
    ["field", "layout"],
)
FIELDS_FALLBACK = Counter(
    "cinestream_etl_fields_fallback_total",
    "Films with a field from another layout than the page's own, by field and by the layout that gave it",
    ["field", "layout"],
)
DISAGREEMENTS = Counter(
    "cinestream_etl_disagreements_total",
    "Fields in which two layouts of a page differ, by field, by the layout that was believed and by the other layout; "
    "with the field id the other layout describes another title and was not used",
    ["field", "believed", "other"],
)
RACES_LOST = Counter(
    "cinestream_etl_races_lost_total",
    "Compare-and-set writes that lost to another worker and were decided again, by what was written: movie, director",
    ["written"],
)
