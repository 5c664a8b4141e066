"""The interfaces of the engine.

A source has the pages of lists. A target names a list and stores its items. The kind of an export has the targets, and
makes the rows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

import msgspec

from cinestream_flow.message import Message
from cinestream_flow.pipeline import RejectedItem
from cinestream_trakt_export.export.completeness import ExpectedPlays
from cinestream_trakt_export.export.pipeline_bounds import PipelineBounds
from cinestream_trakt_export.library.values import Row, Skipped

if TYPE_CHECKING:
    from cinestream_trakt_export.export.stream_lookup import StreamLookup

ListItem = tuple[int, msgspec.Raw]
"""The position of an item in its list, from 1 on, and its JSON."""
Progress = Callable[[str, int, int], None]
"""Called after each page with the path of the list, the pages that are read, and the pages in total."""
T = TypeVar("T")


class Pages(Protocol):
    """The pages of one list in a source, numbered from 1 on.

    Attributes:
        total: the pages that are known so far. It may grow with each page that is fetched.
    """

    total: int

    @property
    def bounds(self) -> PipelineBounds:
        """The bounds of the pipeline for the next pages."""

    @property
    def metered(self) -> bool:
        """True if the metrics of the pipeline are recorded."""

    async def fetch(self, numbers: Sequence[int]) -> Sequence[ListItem]:
        """Return the items of these pages, in order."""


class ListTarget(Protocol[T]):
    """A list of Trakt's API, and the store for its items."""

    @property
    def path(self) -> str:
        """The path of the list in the API. It also names the list in an archive."""

    @property
    def query(self) -> Mapping[str, str]:
        """Query parameters of each request, beside the page and the level."""

    @property
    def levels(self) -> Sequence[str]:
        """Levels of detail that are requested (`extended`)."""

    @property
    def expected(self) -> ExpectedPlays | None:
        """The plays that Trakt's map of plays counts, or None for a list without such a map."""

    def clear(self) -> None:
        """Delete what is stored of the list."""

    async def parse(self, items: Sequence[ListItem]) -> Sequence[T]:
        """Return what `add` stores of these items. Raise Invalid if one of them cannot be read."""

    async def add(self, parsed: Sequence[T]) -> None:
        """Store parsed items."""

    def skip(self, rejected: RejectedItem) -> None:
        """Record an item that cannot be read."""

    def count(self) -> int:
        """Return the number of items that are stored, skipped items included."""


class Source(Protocol):
    """A source of lists.

    Attributes:
        max_attempts: how often a list is read before the export fails because it is not complete.
    """

    max_attempts: ClassVar[int]

    def has(self, path: str) -> bool:
        """Return True if the source has this list of the API."""

    def pages(self, target: ListTarget[Any], attempt: int) -> Pages:
        """Return the pages of a list. Each attempt reads pages of its own, because the list may have changed."""

    async def shortage(self, target: ListTarget[Any], pages: Any) -> Message | None:
        """Return the reason why a list is not complete, or None if it is complete."""

    def finish(self) -> None:
        """Delete what was kept for a run that continues this one."""


class ExportKind(Protocol):
    """The description of an export, of films or of series: the lists that it reads, and the rows that it writes."""

    @property
    def lists(self) -> Sequence[ListTarget[Any]]:
        """The lists to read. A source must have the first one and may lack the others."""

    @property
    def columns(self) -> Row:
        """The header of the files. It is final once `look_up` has returned."""

    async def look_up(self, stream: "StreamLookup") -> None:
        """Add the facts from our stream, after the lists are read."""

    def rows(self) -> Iterator[tuple[Any, Row]]:
        """Yield the rows, each with a key for `skip_row`."""

    def skip_row(self, key: Any, row: Row, reason: Message) -> None:
        """Record a row that does not fit into a file."""

    def skipped(self) -> Iterator[Skipped]:
        """Yield the items that were left out."""
