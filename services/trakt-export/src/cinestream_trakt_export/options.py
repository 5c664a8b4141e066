"""Choices that settings and several layers share."""

from typing import Literal

Level = Literal["letterboxd", "min", "full", "metadata", "images"]
"""The level of detail: the columns of a file, and what Trakt returns of an item (`extended`)."""
LETTERBOXD: Level = "letterboxd"
"""The default level: exactly the columns that Letterboxd imports."""
Fault = Literal["network", "timeout", "server", "rate_limit"]
"""Kinds of failures that may be retried."""
KINDS = ("watched", "history", "collection", "ratings", "watchlist", "shows")
"""The lists of a library."""
MODES = ("aggregated", "individual")
"""A row per film, or a row per viewing."""
