"""What robots.txt allows (RFC 9309), asked once and kept for a while."""

import time
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

import anyio
import anyio.to_thread
import httpx2
from protego import Protego

from cinestream.contracts import Invalid, Transient
from cinestream_scraper.politeness.access_policy import Leave

AGENT = "CineStream"
_KEPT = 3600.0
_MOST_BYTES = 512_000
_MOST_REDIRECTS = 5
_PATIENCE = 30.0


class Robots:
    """The rules of one host."""

    def __init__(self, client: httpx2.AsyncClient, leave: Leave, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._leave = leave
        self._clock = clock
        self._rules: Protego | None = None
        self._read_at = 0.0
        self._lock = anyio.Lock()

    async def allows(self, url: str) -> bool:
        """Whether the URL may be fetched.

        Raises:
            Transient: robots.txt cannot be had now, which forbids everything until it can.
        """
        return bool((await self._current(url)).can_fetch(url, AGENT))

    async def crawl_delay(self, url: str) -> float:
        """The seconds that the host wants between two pages; 0 if it does not say."""
        return float((await self._current(url)).crawl_delay(AGENT) or 0)

    async def _current(self, url: str) -> Protego:
        async with self._lock:
            if self._rules is None or self._clock() - self._read_at > _KEPT:
                self._rules = Protego.parse(await self._fetch(url))
                self._read_at = self._clock()
            return self._rules

    async def _fetch(self, url: str) -> str:
        parts = urlsplit(url)
        address = f"{parts.scheme}://{parts.netloc}/robots.txt"
        try:
            with anyio.fail_after(_PATIENCE):
                return await self._asked(address)
        except Invalid as error:
            raise Transient(f"{address} leads elsewhere: {error}") from error
        except TimeoutError as error:
            raise Transient(f"{address}: not there after {_PATIENCE:g} s") from error
        except httpx2.HTTPError as error:
            raise Transient(f"{address}: {type(error).__name__} {error}".rstrip()) from error

    async def _asked(self, address: str) -> str:
        """The text, after as many redirects as RFC 9309 wants followed, each of which must be allowed."""
        request = self._client.build_request("GET", address)
        for _ in range(_MOST_REDIRECTS + 1):
            answer = await self._client.send(request, stream=True)
            try:
                if answer.next_request is None:
                    return await _rules(answer, address)
            finally:
                await answer.aclose()
            request = answer.next_request
            await anyio.to_thread.run_sync(partial(self._leave.require, str(request.url), is_page=True))
        return ""


async def _rules(answer: httpx2.Response, address: str) -> str:
    """The text of an answer as far as it is read; none where it is "unavailable" (4xx), which means no rules."""
    if answer.status_code >= 500 or answer.status_code == 429:
        raise Transient(f"{address}: HTTP {answer.status_code}")
    if not answer.is_success:
        return ""
    text = bytearray()
    async for piece in answer.aiter_bytes():
        text += piece
        if len(text) > _MOST_BYTES:
            del text[text.rfind(b"\n", 0, _MOST_BYTES) + 1 :]  # half a path would forbid more than the whole
            break
    return text.decode("utf-8-sig", "replace")  # after a byte order mark the first group would not be seen
