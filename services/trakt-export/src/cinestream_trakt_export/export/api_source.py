"""Lists that are read from Trakt's API.

Paging and its headers: https://trakt.docs.apiary.io, "Pagination".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import anyio
import msgspec
import orjson

from cinestream_flow.checkpoint import Checkpoint
from cinestream_flow.checkpoint import Progress as CheckpointProgress
from cinestream_flow.message import Message
from cinestream_trakt_export.export.completeness import read_play_map
from cinestream_trakt_export.export.pipeline_bounds import PipelineBounds, pipeline_bounds
from cinestream_trakt_export.export.sources import ListItem, ListTarget, Progress
from cinestream_trakt_export.settings import TraktSettings
from cinestream_trakt_export.trakt.client import Trakt
from cinestream_trakt_export.trakt.errors import PageInfo, ServerFault, page_info

MAX_PAGE_SIZE = 250
"""Items of a page. Trakt gives no more, whatever `limit` is requested."""
_items = msgspec.json.Decoder(list[msgspec.Raw]).decode


@dataclass(frozen=True)
class ApiSource:
    """Lists that are read from the API. Each page goes into the checkpoint, so that no page is requested twice.

    Args:
        trakt: the client.
        settings: the bounds of the pipeline.
        checkpoint: the journal of this export.
        progress: called after each page.
    """

    trakt: Trakt
    settings: TraktSettings
    checkpoint: Checkpoint
    progress: Progress
    max_attempts: ClassVar[int] = 3

    def has(self, path: str) -> bool:
        """Return True: the API has every list."""
        return True

    def pages(self, target: ListTarget[Any], attempt: int) -> "ApiPages":
        """Return the pages of a list."""
        return ApiPages(self, target, attempt)

    async def shortage(self, target: ListTarget[Any], pages: "ApiPages") -> Message | None:
        """Compare what is stored with Trakt's map of plays, or with Trakt's count of items where there is no map.

        The map is the better proof: a count stays the same when one item is added and another one removed.
        """
        if target.expected:
            await read_play_map(self.trakt, self.checkpoint, target.expected, pages.prefix)
            missing = target.expected.missing()
            absent = Message("{missing:,} entries of Trakt's map of plays are missing", missing=missing)
            shortage = absent if missing else None
        else:
            have, counts = target.count(), sorted(pages.item_counts)
            differs = Message("{have:,} items were read, Trakt counts {counts}", have=have, counts=counts)
            shortage = differs if counts != [have] else None
        if shortage is None:
            return None
        return Message(
            "{path} was not read completely in {attempts} attempts: {reason}",
            path=target.path,
            attempts=self.max_attempts,
            reason=shortage,
        )

    def finish(self) -> None:
        """Delete the checkpoint."""
        self.checkpoint.remove()


class ApiPages:
    """The pages of one list of the API, in one attempt at reading it.

    Args:
        source: the client, the checkpoint and the settings.
        target: the list, with the query parameters and levels of its requests.
        attempt: from 1 on. The pages of an attempt have names of their own in the checkpoint.
    """

    def __init__(self, source: ApiSource, target: ListTarget[Any], attempt: int) -> None:
        self._source, self._path = source, target.path
        extended = ",".join(target.levels)
        self._query: Mapping[str, str] = {**target.query, **({"extended": extended} if extended else {})}
        self.prefix = f"{target.path}#{attempt}/"
        self.total, self.item_counts = 1, set[int]()  # the counts of items that the pages name
        self._limit, self._read = MAX_PAGE_SIZE, 0

    @property
    def bounds(self) -> PipelineBounds:
        """The bounds of the pipeline, by the page size that Trakt granted."""
        return pipeline_bounds(self._source.settings, self._limit)

    @property
    def metered(self) -> bool:
        """True if the settings ask for metrics."""
        return self._source.trakt.statistics.enabled

    async def fetch(self, numbers: Sequence[int]) -> Sequence[ListItem]:
        """Return the items of these pages, which are requested at the same time."""
        pages: dict[int, list[msgspec.Raw]] = {}

        async def fetch_one(number: int) -> None:
            pages[number] = await self._page(number)

        async with anyio.create_task_group() as group:
            for number in numbers:
                group.start_soon(fetch_one, number)
        self._report(numbers)
        return [
            (position, item)
            for number in numbers
            for position, item in enumerate(pages[number], (number - 1) * self._limit + 1)
        ]

    def _report(self, numbers: Sequence[int]) -> None:
        self._read += len(numbers)
        last = Message("page {number} of {path}", number=numbers[-1], path=self._path).dumps()
        self._source.checkpoint.report(CheckpointProgress(self._read, self.total, last))
        self._source.progress(self._path, self._read, self.total)

    async def _page(self, number: int) -> list[msgspec.Raw]:
        name = f"{self.prefix}{number}"
        if (stored := self._source.checkpoint.get(name)) is not None:
            header, _, body = stored.partition(b"\n")
            info, items = PageInfo(**orjson.loads(header)), _items(body)
        else:
            answer = await self._source.trakt.get(self._path, page=number, limit=self._limit, **self._query)
            items = self._decode(answer.body)
            info = page_info(answer.headers, len(items))
            self._source.checkpoint.add(name, orjson.dumps(info) + b"\n" + answer.body, items=len(items))
        self.item_counts.add(info.items)
        self.total = max(self.total, info.pages)
        if number == 1:
            # Trakt may grant a smaller page. All other pages are requested with the same limit.
            self._limit = info.limit
        return items

    def _decode(self, body: bytes) -> list[msgspec.Raw]:
        try:
            return _items(body)
        except msgspec.DecodeError:
            raise ServerFault(Message("a page of {path} is not a list", path=self._path)) from None
