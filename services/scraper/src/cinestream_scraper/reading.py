"""`Reading`: what the browser saw at an address."""

from datetime import datetime
from typing import NamedTuple


class Reading(NamedTuple):
    """A page after its dynamic parts loaded. `retry_after` is the header of that name, where it was sent."""

    url: str
    final_url: str
    status: int
    html: str
    read_at: datetime
    retry_after: str | None = None
