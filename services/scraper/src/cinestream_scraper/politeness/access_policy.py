"""The hosts that a browser may contact: the site, allowed hosts for pages, public hosts for what pages need."""

from urllib.parse import urlsplit

from cinestream.contracts import Invalid
from cinestream_flow.message import Message
from cinestream_scraper.politeness.dns import NameResolver
from cinestream_scraper.site import NETWORK_SCHEMES, Site


class AllowedHosts:
    """The access policy of one site.

    Names are resolved on this machine, even if the browser runs on another one.
    """

    def __init__(self, site: Site, resolver: NameResolver) -> None:
        self.site = site
        self._resolver = resolver

    def require(self, url: str, *, is_page: bool) -> None:
        """Check that an address may be contacted, for a page or for something that a page needs.

        Raises:
            Invalid: the policy forbids the address.
        """
        parts = urlsplit(url)
        if parts.scheme not in NETWORK_SCHEMES or self.site.is_own(url):
            return
        if is_page:
            self.site.require_allowed(url)
        if not self.site.is_public(url) or self._resolver.is_private(parts.hostname or ""):
            raise Invalid(
                Message(
                    "{url} is at a private address: only the site itself may be (CINESTREAM_IMDB_URL)", url=url[:200]
                )
            )
