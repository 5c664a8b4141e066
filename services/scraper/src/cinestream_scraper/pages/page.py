"""A page of the site: its documents and its identity, each worked out at most once. Pure."""

from functools import cached_property

from cinestream_scraper.pages.document import Document
from cinestream_scraper.pages.identity import Identity, Shape
from cinestream_scraper.pages.legacy_pages import identify_legacy
from cinestream_scraper.pages.modern_pages import identify_modern


class Page(Document):
    """A page with its identity."""

    @cached_property
    def identity(self) -> Identity:
        """The statements of the page about itself: `NOTHING` if it makes none, not `whole` if data is missing."""
        if not self.is_parsable:
            return Identity(Shape.OTHER, layout="unparsable")
        return identify_modern(self) if self.has_next_data else identify_legacy(self)
