"""The ways in which a browser brings no page."""

from cinestream.contracts import Transient


class BrowserUnavailable(Transient):
    """No browser could be started. No page fails permanently because of it."""


class SessionLost(Transient):
    """The browser hung or crashed. Another session reads the page again."""


class SiteUnreachable(Transient):
    """The browser works, but the site does not answer. `page` is the address it concerns, empty for all of the site."""

    def __init__(self, message: str, page: str = "") -> None:
        super().__init__(message)
        self.page = page
