"""The rules of robots.txt (RFC 9309), read once and kept for an hour."""

import time
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

import anyio
import anyio.to_thread
import httpx2
from protego import Protego

from cinestream.contracts import Invalid, Transient
from cinestream_flow.message import Message
from cinestream_scraper.politeness.access_policy import AllowedHosts

AGENT = "CineStream"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_TTL_SECONDS = 3600.0
_MAX_BYTES = 512_000
_MAX_REDIRECTS = 5
_TIMEOUT_SECONDS = 30.0


class Robots:
    """The rules of one host."""

    def __init__(
        self, client: httpx2.AsyncClient, allowed_hosts: AllowedHosts, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._allowed_hosts = allowed_hosts
        self._clock = clock
        self._rules: Protego | None = None
        self._read_at = 0.0
        self._lock = anyio.Lock()

    async def allows(self, url: str) -> bool:
        """Return True if the rules allow the URL.

        Raises:
            Transient: robots.txt cannot be read now. Everything is forbidden until it can.
        """
        return bool((await self._current(url)).can_fetch(url, AGENT))

    async def crawl_delay(self, url: str) -> float:
        """Return the seconds that the host requires between two pages, or 0.

        Raises:
            Transient: robots.txt cannot be read now.
        """
        return float((await self._current(url)).crawl_delay(AGENT) or 0)

    async def _current(self, url: str) -> Protego:
        async with self._lock:  # concurrent requests wait for one download
            if self._rules is None or self._clock() - self._read_at > _TTL_SECONDS:
                self._rules = Protego.parse(await self._fetch(url))
                self._read_at = self._clock()
            return self._rules

    async def _fetch(self, url: str) -> str:
        parts = urlsplit(url)
        address = f"{parts.scheme}://{parts.netloc}/robots.txt"
        try:
            with anyio.fail_after(_TIMEOUT_SECONDS):
                return await self._follow(address)
        except Invalid as error:
            raise Transient(
                Message("{address} redirects to a host that is not allowed: {error}", address=address, error=error)
            ) from error
        except TimeoutError as error:
            raise Transient(
                Message("{address}: no response within {seconds:g} s", address=address, seconds=_TIMEOUT_SECONDS)
            ) from error
        except httpx2.ConnectError as error:
            if (parts.hostname or "") not in _LOOPBACK:
                raise Transient(
                    Message("{address} cannot be reached ({error})", address=address, error=error)
                ) from error
            raise Transient(
                Message(
                    "nothing runs at {site}: start `cinestream-demo-site` or set CINESTREAM_IMDB_URL",
                    site=f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
                )
            ) from error
        except httpx2.HTTPError as error:
            raise Transient(f"{address}: {type(error).__name__} {error}".rstrip()) from error

    async def _follow(self, address: str) -> str:
        """Return the text after at most five redirects, as RFC 9309 requires, each to an allowed host."""
        request = self._client.build_request("GET", address)
        for _ in range(_MAX_REDIRECTS + 1):
            response = await self._client.send(request, stream=True)
            try:
                if response.next_request is None:
                    return await _rules_of(response, address)
            finally:
                await response.aclose()
            request = response.next_request
            await anyio.to_thread.run_sync(partial(self._allowed_hosts.require, str(request.url), is_page=True))
        return ""


async def _rules_of(response: httpx2.Response, address: str) -> str:
    """Return the text of a response, cut at 512,000 bytes. A response of 4xx means that there are no rules."""
    if response.status_code >= 500 or response.status_code == 429:
        raise Transient(Message("{address}: HTTP {status}", address=address, status=response.status_code))
    if not response.is_success:
        return ""
    text = bytearray()
    async for piece in response.aiter_bytes():
        text += piece
        if len(text) > _MAX_BYTES:
            # Cut at the end of a line: half a path would forbid more than the whole one.
            del text[text.rfind(b"\n", 0, _MAX_BYTES) + 1 :]
            break
    # With a byte order mark left in, the parser would not see the first group.
    return text.decode("utf-8-sig", "replace")
