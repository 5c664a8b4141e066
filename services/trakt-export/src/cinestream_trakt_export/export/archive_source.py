"""Lists that are read from Trakt's own export of an account."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar

from cinestream.contracts.errors import Invalid
from cinestream_flow.message import Message
from cinestream_trakt_export.export.archive import Archive
from cinestream_trakt_export.export.pipeline_bounds import IN_SEQUENCE
from cinestream_trakt_export.export.sources import ListItem, ListTarget
from cinestream_trakt_export.library.films import parse_entry

_PAGE_SIZE = 1000


@dataclass(frozen=True)
class ArchiveSource:
    """Lists that are read from Trakt's own export of an account, without network."""

    archive: Archive
    max_attempts: ClassVar[int] = 1

    def has(self, path: str) -> bool:
        """Return True if the archive has files of this list."""
        return self.archive.has(path)

    def pages(self, target: ListTarget[Any], attempt: int) -> "ArchivePages":
        """Return the pages of a list."""
        return ArchivePages(self.archive.items(target.path))

    async def shortage(self, target: ListTarget[Any], pages: "ArchivePages") -> Message | None:
        """Compare the history with the watched films of the archive. Other lists have nothing to compare with."""
        expected = target.expected
        if not (expected and expected.each_time and self.archive.has(expected.path)):
            return None
        expected.store.expect((trakt, 1) for trakt in _trakt_ids(self.archive.items(expected.path)))
        missing = expected.store.missing(each_time=False)
        if not missing:
            return None
        return Message(
            "{path} is not complete: {missing:,} watched films are not in its history",
            path=self.archive.path,
            missing=missing,
        )

    def finish(self) -> None:
        """Do nothing: an archive is read from its beginning each time."""


class ArchivePages:
    """The items of one list of an archive, in pages of a size of our own."""

    def __init__(self, items: Iterator[ListItem]) -> None:
        self._items = items
        self.total = 1
        self.bounds, self.metered = IN_SEQUENCE, False

    async def fetch(self, numbers: Sequence[int]) -> Sequence[ListItem]:
        """Return the items of the next pages, in order."""
        size = _PAGE_SIZE * len(numbers)
        items = [*islice(self._items, size)]
        if len(items) == size:
            # The pages were full, so there may be one more. It may be empty.
            self.total += 1
        return items


def _trakt_ids(items: Iterator[ListItem]) -> Iterator[int]:
    """Yield the Trakt ids of the films that have one."""
    for position, item in items:
        try:
            entry = parse_entry(item, position=position)
        except Invalid:
            continue
        if entry.trakt is not None:
            yield entry.trakt
