"""The result of opening an address in a browser."""

from datetime import datetime
from typing import Any, NamedTuple, Self

from cinestream_scraper.pages.page import Page


class Evidence(NamedTuple):
    """Further facts about a page that failed, for people who look into it.

    Attributes:
        screenshot: a PNG of the window, or empty.
        console: the lines of the browser's console.
        timing: the browser's own times of the navigation, in milliseconds since its start.
    """

    screenshot: bytes
    console: list[str]
    timing: dict[str, Any]


class Reading(NamedTuple):
    """A page after its dynamic parts have loaded.

    Attributes:
        url: the address that was opened.
        final_url: the address that answered in the end, after redirects.
        status: the HTTP status of that answer.
        page: the page as it was in the browser.
        read_at: the moment of reading, in UTC.
        retry_after: the header of that name, if the site sent it.
        evidence: what else there is to see of a page that failed.
    """

    url: str
    final_url: str
    status: int
    page: Page
    read_at: datetime
    retry_after: str | None = None
    evidence: Evidence | None = None

    @property
    def html(self) -> str:
        """The text of the page."""
        return self.page.html

    def without_end(self) -> Self:
        """Return the reading of a page that was cut off.

        Browsers write an end to every page, which would make it look whole.
        """
        return self._replace(page=Page(self.html.removesuffix("</body></html>")))
