"""A list of Trakt to its end, page by page, into the checkpoint."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import orjson

from cinestream.resilience.checkpoint import Checkpoint
from cinestream.streaming import Stage, stream
from cinestream_trakt_export.answers import PageFacts, ServerFault, page_facts
from cinestream_trakt_export.client import Trakt

MOST_A_PAGE = 250  # Trakt gives no more, whatever is asked for
Progress = Callable[[str, int, int], None]  # list, pages there, pages in all


class ListReader:
    """Reads one list once; a page that the checkpoint has is not asked for again.

    A list may change while it is read: each `attempt` at reading it has pages of its own.
    """

    def __init__(self, trakt: Trakt, checkpoint: Checkpoint, path: str, *, attempt: int) -> None:
        self.path = path
        self._trakt, self._checkpoint, self._prefix = trakt, checkpoint, f"{path}#{attempt}/"

    async def read(self, workers: int, progress: Progress) -> None:
        """Ask for all pages that are missing, `workers` at once, until the list has no more."""
        first = await self._page(1, MOST_A_PAGE)
        known, there = 1, 1
        pages = first.pages

        async def fetch(numbers: Sequence[int]) -> Sequence[PageFacts]:
            return [await self._page(number, first.limit) for number in numbers]

        async def count(all_facts: Sequence[PageFacts]) -> None:
            nonlocal pages, there
            pages = max(pages, *(facts.pages for facts in all_facts))
            there += len(all_facts)
            progress(self.path, there, pages)

        progress(self.path, there, pages)
        while known < pages:  # it may grow while it is read
            missing = range(known + 1, pages + 1)
            known = pages
            await stream(_each(missing), [Stage("fetch", fetch, parallel=workers)], count, chunk_size=1)

    def pages(self) -> list[int]:
        """The numbers of the pages that the checkpoint has."""
        names = (name.removeprefix(self._prefix) for name in self._checkpoint.names() if name.startswith(self._prefix))
        return sorted(int(name) for name in names if name.isdigit())

    def page(self, number: int) -> tuple[PageFacts, list[Any]]:
        """A page that the checkpoint has."""
        stored = self._checkpoint.get(f"{self._prefix}{number}")
        if stored is None:
            raise KeyError(number)
        facts, _, body = stored.partition(b"\n")
        return PageFacts(**orjson.loads(facts)), orjson.loads(body)

    async def proof(self, path: str) -> dict[str, list[Any]]:
        """The map of all times by Trakt id that Trakt gives without pages, as of after the reading."""
        name = f"{self._prefix}proof"
        stored = self._checkpoint.get(name)
        if stored is None:
            answer = await self._trakt.get(path, extended="min")
            if not isinstance(answer.content, dict):
                raise ServerFault(f"{path}?extended=min is not a map")
            self._checkpoint.add(name, stored := answer.body)
        return dict(orjson.loads(stored))

    async def _page(self, number: int, limit: int) -> PageFacts:
        if self._checkpoint.get(f"{self._prefix}{number}") is not None:
            return self.page(number)[0]
        answer = await self._trakt.get(self.path, page=number, limit=limit)
        if not isinstance(answer.content, list):
            raise ServerFault(f"page {number} of {self.path} is not a list")
        facts = page_facts(answer.headers, len(answer.content))
        self._checkpoint.add(f"{self._prefix}{number}", orjson.dumps(facts) + b"\n" + answer.body)
        return facts


async def _each(numbers: range) -> AsyncIterator[int]:
    for number in numbers:
        yield number
