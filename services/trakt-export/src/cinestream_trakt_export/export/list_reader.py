"""A list of Trakt to its end, page by page: each page goes into the checkpoint, and then on to who wants the items."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

import anyio
import msgspec
import orjson

from cinestream_flow.checkpoint import Checkpoint
from cinestream_flow.checkpoint import Progress as Done
from cinestream_flow.pipeline import RejectedItem, Stage, run_pipeline
from cinestream_trakt_export import metrics
from cinestream_trakt_export.export.pipeline_bounds import way_of
from cinestream_trakt_export.i18n.messages import say
from cinestream_trakt_export.library.films import Entry, parse_entry, parse_plays
from cinestream_trakt_export.settings import TraktSettings
from cinestream_trakt_export.trakt.client import Trakt
from cinestream_trakt_export.trakt.endpoints import WATCHED_SHOWS
from cinestream_trakt_export.trakt.errors import PageFacts, ServerFault, page_facts

MOST_A_PAGE = 250  # Trakt gives no more, whatever is asked for
Progress = Callable[[str, int, int], None]  # list, pages there, pages in all
Place = tuple[int, msgspec.Raw]  # the position of an item in its list, from 1 on, and its JSON
Parse = Callable[[Sequence[Place]], Sequence[Any]]
_LEVELS: Mapping[str, Sequence[str]] = {WATCHED_SHOWS: ["progress"]}  # what lists need to be whole
NOTHING: Mapping[str, str] = {}
_items = msgspec.json.Decoder(list[msgspec.Raw]).decode


def _entries(places: Sequence[Place]) -> Sequence[Entry]:
    """All at once, where they are what nearly all are."""
    try:
        return parse_plays(item for _, item in places)
    except msgspec.DecodeError:
        pass
    return [parse_entry(item, position=position) for position, item in places]


class ListReader:
    """Reads one list once; a page that the checkpoint has is not asked for again.

    A list may change while it is read: each `attempt` at reading it has pages of its own. `parse` makes of items what
    the sink gets; it raises Invalid when one is bad. `query` goes with every question, as do `levels` ("extended").
    """

    def __init__(
        self,
        trakt: Trakt,
        checkpoint: Checkpoint,
        path: str,
        *,
        attempt: int,
        parse: Parse = _entries,
        query: Mapping[str, str] = NOTHING,
        levels: Sequence[str] = (),
    ) -> None:
        asked = ",".join([*_LEVELS.get(path, ()), *levels])
        self._parse, self._query = parse, {**query, **({"extended": asked} if asked else {})}
        self.path, self.prefix = path, f"{path}#{attempt}/"
        self.counts = set[int]()  # of items, as the pages told them
        self._trakt, self._checkpoint = trakt, checkpoint
        self._limit, self._pages, self._there = MOST_A_PAGE, 1, 0

    async def read(
        self,
        sink: Callable[[Sequence[Any]], Awaitable[None]],
        settings: TraktSettings,
        *,
        on_rejected: Callable[[RejectedItem], None],
        look: Callable[[Sequence[Any], Sequence[Place]], None] | None = None,
        progress: Progress,
    ) -> None:
        """Ask for all pages until the list has no more, and send its entries to `sink`, in order.

        `look` sees what goes to the sink beside the items that it was made of.
        """

        async def parse(places: Sequence[Place]) -> Sequence[Any]:
            entries = self._parse(places)
            if look:
                look(entries, places)
            return entries

        async def fetch(numbers: Sequence[int]) -> Sequence[Place]:
            items = await self._together(numbers)
            self._there += len(numbers)
            self._checkpoint.report(Done(self._there, self._pages, f"page {numbers[-1]} of {self.path}"))
            progress(self.path, self._there, self._pages)
            return items

        asked = 0
        while asked < self._pages:  # the first page tells how many there are; a list may grow while it is read
            numbers, asked = range(asked + 1, self._pages + 1), self._pages
            way = way_of(settings, self._limit)
            stages: list[Stage[Any, Any]] = [Stage("fetch", fetch, parallel=way.parallel), Stage("parse", parse)]
            totals = await run_pipeline(_each(numbers), stages, sink, limits=way.bounds, on_rejected=on_rejected)
            if self._trakt.statistics.enabled:
                metrics.streamed(totals)

    async def _together(self, numbers: Sequence[int]) -> list[Place]:
        pages: dict[int, list[msgspec.Raw]] = {}

        async def one(number: int) -> None:
            pages[number] = await self._page(number)

        async with anyio.create_task_group() as group:
            for number in numbers:
                group.start_soon(one, number)
        return [
            (position, item)
            for number in numbers
            for position, item in enumerate(pages[number], (number - 1) * self._limit + 1)
        ]

    async def _page(self, number: int) -> list[msgspec.Raw]:
        name = f"{self.prefix}{number}"
        if (stored := self._checkpoint.get(name)) is not None:
            told, _, body = stored.partition(b"\n")
            facts, items = PageFacts(**orjson.loads(told)), _items(body)
        else:
            answer = await self._trakt.get(self.path, page=number, limit=self._limit, **self._query)
            items = _list(self.path, answer.body)
            facts = page_facts(answer.headers, len(items))
            self._checkpoint.add(name, orjson.dumps(facts) + b"\n" + answer.body, items=len(items))
        self.counts.add(facts.items)
        self._pages = max(self._pages, facts.pages)
        if number == 1:
            self._limit = facts.limit
        return items


def _list(path: str, body: bytes) -> list[msgspec.Raw]:
    try:
        return _items(body)
    except msgspec.DecodeError:
        raise ServerFault(say("fault.list", path=path)) from None


async def _each(numbers: range) -> AsyncIterator[int]:
    for number in numbers:
        yield number
