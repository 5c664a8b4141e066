"""`Reading`: what the browser saw at an address; `Evidence`: what else shows why it was not what was asked for."""

from datetime import datetime
from typing import Any, NamedTuple, Self


class Evidence(NamedTuple):
    """What a failed page looked like.

    A PNG of the window (empty: none could be made), the lines of the console, and the browser's own times of the
    navigation (milliseconds since its start).
    """

    screenshot: bytes
    console: list[str]
    timing: dict[str, Any]


class Reading(NamedTuple):
    """A page after its dynamic parts loaded. `retry_after` is the header of that name, where it was sent."""

    url: str
    final_url: str
    status: int
    html: str
    read_at: datetime
    retry_after: str | None = None
    evidence: Evidence | None = None

    def without_end(self) -> Self:
        """The same of a page that was cut off: without the end that browsers write where there is none."""
        return self._replace(html=self.html.removesuffix("</body></html>"))
