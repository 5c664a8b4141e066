"""The cache of history pages, and of the chunks that are made from them."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import TypeAlias

from cinestream_stream_api.events.event import Chunk, Event, View, join

_CHUNK_SPAN = 100
"""Sequences in a chunk. Chunks end at multiples of it, so that clients from different cursors soon share chunks."""

PageKey: TypeAlias = tuple[str, int]
"""Epoch and number of a page."""


@dataclass(frozen=True, eq=False)
class HistoryPage:
    """All events with a sequence in (`after`, `through`]. Events before `first` are gone from history."""

    after: int
    through: int
    first: int
    events: tuple[Event, ...]

    @property
    def size(self) -> int:
        """Approximate bytes of memory."""
        return 1000 + sum(event.size for event in self.events)


class PageCache:
    """The pages and chunks used last, in bounded memory.

    Args:
        max_page_bytes: the memory of the pages. One page is always kept.
        max_chunk_bytes: the memory of the chunks. One chunk is always kept.
    """

    def __init__(self, *, max_page_bytes: int, max_chunk_bytes: int) -> None:
        self.generation = 0
        """Rises at each `clear`: a page read in an earlier generation must not be added."""

        self._max_page_bytes = max_page_bytes
        self._max_chunk_bytes = max_chunk_bytes
        self._pages: OrderedDict[PageKey, HistoryPage] = OrderedDict()
        self._chunks: OrderedDict[tuple[HistoryPage, int, View], Chunk] = OrderedDict()
        self._page_bytes = self._chunk_bytes = 0

    def get(self, key: PageKey, after: int) -> HistoryPage | None:
        """Return a page if it is cached and reaches beyond the sequence `after`."""
        page = self._pages.get(key)
        # The newest page grows: a copy of it that ends too early must be read again.
        if page is None or page.through <= after:
            return None
        self._pages.move_to_end(key)
        return page

    def add(self, key: PageKey, page: HistoryPage) -> None:
        """Add a page, and drop the pages that were not used for the longest time."""
        if old := self._pages.pop(key, None):
            self._page_bytes -= old.size
        self._pages[key] = page
        self._page_bytes += page.size
        while self._page_bytes > self._max_page_bytes and len(self._pages) > 1:
            self._page_bytes -= self._pages.popitem(last=False)[1].size

    def chunk(self, page: HistoryPage, after: int, view: View) -> Chunk:
        """Return the joined events of a page after a sequence.

        Clients with the same cursor and view get the same bytes object.
        """
        chunk = self._chunks.get((page, after, view))
        if chunk is None:
            through = min(after - after % _CHUNK_SPAN + _CHUNK_SPAN, page.through)
            events = (event for event in page.events if after < event.sequence <= through)
            chunk = self._chunks[page, after, view] = join(events, view, through=through)
            self._chunk_bytes += chunk.size
            while self._chunk_bytes > self._max_chunk_bytes and len(self._chunks) > 1:
                self._chunk_bytes -= self._chunks.popitem(last=False)[1].size
        return chunk

    def clear(self) -> None:
        """Drop everything, and begin a new generation."""
        self.generation += 1
        self._chunks.clear()
        self._pages.clear()
        self._page_bytes = self._chunk_bytes = 0
