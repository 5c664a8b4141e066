"""The rows of a chart, search or list page."""

# A search by name shows titles, people and more, each with a button of their own.
FOUND = '[data-testid="find-results-section-title"]'
_MORE = ".ipc-see-more button"
MORE_BUTTON = f'[data-testid="chart-see-more"], {FOUND} {_MORE}, body:not(:has({FOUND})) {_MORE}'
