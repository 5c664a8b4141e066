"""Who may be asked by a browser: the site itself, allowed hosts for pages, public hosts for what pages need."""

from urllib.parse import urlsplit

from cinestream.contracts import Invalid
from cinestream_scraper.politeness.dns import Names
from cinestream_scraper.site import OVER_THE_NETWORK, Site


class Leave:
    """The rule of one site. Names are looked up on this machine, also where the browser is on another."""

    def __init__(self, site: Site, names: Names) -> None:
        self.site = site
        self._names = names

    def require(self, url: str, *, is_page: bool) -> None:
        """Check that an address may be asked, for a page or (not `is_page`) for what a page needs.

        Raises:
            Invalid: it may not.
        """
        parts = urlsplit(url)
        if parts.scheme not in OVER_THE_NETWORK or self.site.is_own(url):
            return
        if is_page:
            self.site.require_allowed(url)
        if not self.site.is_public(url) or self._names.is_private(parts.hostname or ""):
            raise Invalid(f"{url[:200]} is at a private address: only the site itself may be (CINESTREAM_IMDB_URL)")
