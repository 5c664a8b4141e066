"""The kinds of pages and the lanes of requests. Options of commands have these types, so this module imports little."""

from enum import StrEnum

MAX_ROWS = 10_000
"""Largest number of titles that a request may take of a chart, list or search."""


class Kind(StrEnum):
    """The kind of a page."""

    TITLE = "title"
    CHART = "chart"
    SEARCH = "search"
    LIST = "list"


class Lane(StrEnum):
    """The lane of the work queue. Requests of waiting people (`now`) are handled before the crawl."""

    NOW = "now"
    CRAWL = "crawl"
