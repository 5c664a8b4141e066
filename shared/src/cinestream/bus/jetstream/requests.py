"""Requests to the server: plain ones, requests to the JetStream API, and batched direct gets."""

import asyncio
from collections.abc import Mapping
from typing import Any

import nats.errors
import orjson
from nats.aio.msg import Msg

from cinestream.bus.jetstream.fast_path import FastPathClient
from cinestream.bus.jetstream.stored import NO_MORE, NotDeclared, StoredMessage, stored_of
from cinestream.bus.jetstream.violations import Violations
from cinestream.contracts import Transient
from cinestream_flow.message import Message

RESPONSE_TIMEOUT = 5.0
"""Seconds to wait for a response."""


class Requests:
    """The requests of one connection.

    Every method raises `Transient` if there is no response in time, and `PermissionDenied` if the user may not send it.
    """

    def __init__(self, client: FastPathClient, violations: Violations) -> None:
        self._client, self._violations = client, violations

    async def request(
        self, subject: str, body: bytes, headers: dict[str, str] | None = None, *, wait: float = RESPONSE_TIMEOUT
    ) -> Msg:
        """Send a request and return the response as it is."""
        try:
            async with self._violations.required(subject):
                return await self._client.request(subject, body, timeout=wait, headers=headers)
        except (TimeoutError, nats.errors.Error) as error:
            raise Transient(
                Message("{subject}: no answer from NATS ({error})", subject=subject, error=type(error).__name__)
            ) from error

    async def request_json(self, subject: str, body: bytes, headers: dict[str, str] | None = None) -> dict[str, Any]:
        """Send a request and return the JSON object of the response, which may describe an error."""
        response: dict[str, Any] = orjson.loads((await self.request(subject, body, headers)).data)
        return response

    async def call_api(self, api: str, request: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send a request to the JetStream API and return the response.

        Raises:
            NotDeclared: The request names a stream or consumer that does not exist.
            ValueError: The server refuses. The message gives its reason.
        """
        response = await self.request_json(f"$JS.API.{api}", orjson.dumps(request) if request else b"")
        if error := response.get("error"):
            if error.get("code") == 404:
                raise NotDeclared(Message("{api}: {error}", api=api, error=error["description"]))
            if error.get("code") == 503:
                raise Transient(Message("{api}: {error}", api=api, error=error["description"]))
            raise ValueError(f"{api}: {error['description']} ({error.get('err_code')})")
        return response

    async def batch(self, stream: str, request: dict[str, Any]) -> list[StoredMessage]:
        """Return the messages of a batched direct get (NATS ADR-31), for which nats-py has no method."""
        inbox, subject = self._client.new_inbox(), f"$JS.API.DIRECT.GET.{stream}"
        batch = _Batch(stream)
        sub = await self._client.subscribe(inbox)
        self._client.handlers[inbox.encode()] = batch.receive
        try:
            async with self._violations.required(subject):
                await self._client.publish(subject, orjson.dumps(request), inbox)
                return await batch.complete()
        except (TimeoutError, nats.errors.Error) as error:
            raise Transient(
                Message("{stream}: history does not answer ({error})", stream=stream, error=type(error).__name__)
            ) from error
        finally:
            del self._client.handlers[inbox.encode()]
            if not self._client.is_closed:
                await sub.unsubscribe()


class _Batch:
    """The messages of one batched direct get."""

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self._messages: list[StoredMessage] = []
        self._end: asyncio.Future[list[StoredMessage]] = asyncio.get_running_loop().create_future()

    def receive(self, headers: Mapping[str, str], body: bytes) -> None:
        """Collect a message, or end the batch at a status message."""
        status = headers.get("Status")
        if status is None:
            self._messages.append(stored_of(headers, body))
        elif not self._end.done():
            if status in NO_MORE:
                self._end.set_result(self._messages)
            else:
                self._end.set_exception(
                    Transient(
                        Message("{stream}: {status} {headers}", stream=self._stream, status=status, headers=headers)
                    )
                )

    async def complete(self) -> list[StoredMessage]:
        """Wait for the end of the batch and return its messages.

        Raises:
            TimeoutError: No further message arrived for `RESPONSE_TIMEOUT` seconds.
        """
        # The timeout restarts with each message: a large batch may take long, a silent server may not.
        received = -1
        while not self._end.done() and len(self._messages) > received:
            received = len(self._messages)
            await asyncio.wait([self._end], timeout=RESPONSE_TIMEOUT)
        if not self._end.done():
            raise TimeoutError
        return self._end.result()
