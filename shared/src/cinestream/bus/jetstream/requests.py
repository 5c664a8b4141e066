"""Requests to the server: plain ones, those of the JetStream API, and batched direct gets."""

import asyncio
from collections.abc import Mapping
from typing import Any

import nats.errors
import orjson
from nats.aio.msg import Msg

from cinestream.bus.jetstream.fast_path import StraightClient
from cinestream.bus.jetstream.stored import NO_MORE, NotDeclared, Stored, stored_of
from cinestream.contracts import Transient

PATIENCE = 5.0
"""Seconds to wait for an answer."""


class Requests:
    """What is asked over one connection. No answer is always `Transient`."""

    def __init__(self, client: StraightClient) -> None:
        self._client = client

    async def send(
        self, subject: str, body: bytes, headers: dict[str, str] | None = None, *, wait: float = PATIENCE
    ) -> Msg:
        """Ask, and return the answer as it is."""
        try:
            return await self._client.request(subject, body, timeout=wait, headers=headers)
        except (TimeoutError, nats.errors.Error) as error:
            raise Transient(f"{subject}: no answer from NATS ({type(error).__name__})") from error

    async def ask(self, subject: str, body: bytes, headers: dict[str, str] | None = None) -> dict[str, Any]:
        """Ask for an object, which may be one that says what is wrong."""
        answer: dict[str, Any] = orjson.loads((await self.send(subject, body, headers)).data)
        return answer

    async def api(self, api: str, request: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask the JetStream API.

        Raises:
            NotDeclared: what the request names is not there.
            ValueError: the server refuses, with its reason.
        """
        answer = await self.ask(f"$JS.API.{api}", orjson.dumps(request) if request else b"")
        if error := answer.get("error"):
            if error.get("code") == 404:
                raise NotDeclared(f"{api}: {error['description']}")
            if error.get("code") == 503:
                raise Transient(f"{api}: {error['description']}")
            raise ValueError(f"{api}: {error['description']} ({error.get('err_code')})")
        return answer

    async def batch(self, stream: str, request: dict[str, Any]) -> list[Stored]:
        """A batched direct get (NATS ADR-31), which answers with many messages; nats-py has no method for it."""
        inbox = self._client.new_inbox()
        batch = _Batch(stream)
        sub = await self._client.subscribe(inbox)
        self._client.hands[inbox.encode()] = batch.take
        try:
            await self._client.publish(f"$JS.API.DIRECT.GET.{stream}", orjson.dumps(request), inbox)
            return await batch.all()
        except (TimeoutError, nats.errors.Error) as error:
            raise Transient(f"{stream}: history does not answer ({type(error).__name__})") from error
        finally:
            del self._client.hands[inbox.encode()]
            if not self._client.is_closed:
                await sub.unsubscribe()


class _Batch:
    """A batch that is being read."""

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self._found: list[Stored] = []
        self._end: asyncio.Future[list[Stored]] = asyncio.get_running_loop().create_future()

    def take(self, headers: Mapping[str, str], body: bytes) -> None:
        """A message of the batch, or the status that ends it."""
        status = headers.get("Status")
        if status is None:
            self._found.append(stored_of(headers, body))
        elif not self._end.done():
            if status in NO_MORE:
                self._end.set_result(self._found)
            else:
                self._end.set_exception(Transient(f"{self._stream}: {status} {headers}"))

    async def all(self) -> list[Stored]:
        """The whole batch.

        Raises:
            TimeoutError: nothing came for a while.
        """
        known = -1
        while not self._end.done() and len(self._found) > known:
            known = len(self._found)
            await asyncio.wait([self._end], timeout=PATIENCE)
        if not self._end.done():
            raise TimeoutError
        return self._end.result()
