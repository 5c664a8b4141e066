"""The metrics of etl, all of them; one set per process."""

from prometheus_client import Counter, Gauge, Histogram

from cinestream.runtime.metrics import ConsumeMetrics

CONSUME = ConsumeMetrics("etl")

PAGES = Counter(
    "cinestream_etl_pages_total",
    "Pages settled, by result: published, unchanged, older (a newer page of the film is known), filtered (not a film), "
    "invalid, not-found, moved, other-kind (the scraper's record that there is nothing to read)",
    ["result"],
)
for _result in ("published", "unchanged", "older", "filtered", "invalid", "not-found", "moved", "other-kind"):
    PAGES.labels(_result)  # shown as 0 before the first
TONE = Gauge(
    "cinestream_etl_tone_info",
    "How tones are heard, always 1: the model, and a digest of all words and numbers; workers that differ in them "
    "publish each other's films again",
    ["model", "digest"],
)
PARSE_SECONDS = Histogram(
    "cinestream_etl_parse_seconds",
    "Time to decompress, parse and validate a page; the event loop waits meanwhile",
    buckets=(0.001, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 1),
)
FILMS = Counter("cinestream_etl_films_total", "Pages of films that were read, by the layout of the page", ["layout"])
FIELDS_MISSING = Counter(
    "cinestream_etl_fields_missing_total",
    "Films whose page has no value for a field, by field and the layout of the page; divided by the films of that "
    "layout it is one minus the fill rate",
    ["field", "layout"],
)
FIELDS_FALLBACK = Counter(
    "cinestream_etl_fields_fallback_total",
    "Films of which a field came from another layout than the page's own, by field and the layout that gave it",
    ["field", "layout"],
)
DISAGREEMENTS = Counter(
    "cinestream_etl_disagreements_total",
    "Fields of which two layouts of a page said something else, by field and by the layout that was believed and the "
    "other one; the field id: the other one spoke of another title and was not used",
    ["field", "believed", "other"],
)
RACES_LOST = Counter(
    "cinestream_etl_races_lost_total",
    "Compare-and-set writes that another worker won, and that were decided again, by what was written: movie, director",
    ["written"],
)
