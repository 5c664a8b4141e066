"""`Bus`: one connection to NATS."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Self

import nats
import nats.errors
import orjson
import structlog

from cinestream.bus.jetstream.deliveries import Pull
from cinestream.bus.jetstream.fast_path import Handle, StraightClient
from cinestream.bus.jetstream.micro import offered
from cinestream.bus.jetstream.requests import PATIENCE, Requests
from cinestream.bus.jetstream.stored import (
    AlreadyQueued,
    ConsumerState,
    Stored,
    StreamState,
    WrongLast,
    nats_time,
    stored,
)
from cinestream.contracts import Envelope, Invalid, Transient

log = structlog.get_logger("bus")

_FIRST_TIME, _LAST_TIME = datetime(1970, 1, 1, tzinfo=UTC), datetime(2262, 1, 1, tzinfo=UTC)

WRONG_LAST_SEQUENCE = 10071
STORE_FAILED = 10077
SUBJECT_FULL = "maximum messages per subject exceeded"


class Bus:
    """One connection to NATS, for ever reconnecting.

    Every method that asks the server raises `Transient` when it does not answer in time.
    """

    def __init__(self, client: StraightClient) -> None:
        self._client = client
        self._requests = Requests(client)
        self.on_disconnect: list[Callable[[], None]] = []
        self._closing = False
        self.on_reconnect: list[Callable[[], Awaitable[None]]] = []

    @classmethod
    async def connect(
        cls, url: str, *, name: str, user: str = "", password: str = "", patience: float | None = None
    ) -> Self:
        """Connect, waiting as long as it takes, or at most `patience` seconds.

        The inbox prefix is `_INBOX_<user>`, so that permissions can keep the users' answers apart.

        Raises:
            Transient: there was no connection within that time; says why, and what to do.
        """
        bus = cls(StraightClient())
        warned: set[str] = set()
        text = "no answer"

        async def on_error(error: Exception) -> None:
            nonlocal text
            text = f"{type(error).__name__}: {error}"
            if text not in warned or bus.connected:
                warned.add(text)
                log.warning("bus.error", url=url, user=user, error=text)

        async def on_disconnect() -> None:
            if not bus._closing:
                log.warning("bus.disconnected", url=url)
            for callback in bus.on_disconnect:
                callback()

        async def on_reconnect() -> None:
            warned.clear()
            log.info("bus.reconnected", url=url)
            for callback in bus.on_reconnect:
                await callback()

        options: dict[str, Any] = {
            "name": name,
            "error_cb": on_error,
            "disconnected_cb": on_disconnect,
            "reconnected_cb": on_reconnect,
            "max_reconnect_attempts": -1,
            "reconnect_time_wait": 0.25,
            "connect_timeout": 2,
            "ping_interval": 20,
            "inbox_prefix": f"_INBOX_{user}".encode() if user else b"_INBOX",
        }
        if user:
            options |= {"user": user, "password": password}
        try:
            async with asyncio.timeout(patience):
                await bus._connect(url, options, on_error)
        except TimeoutError:
            who = f" as {user}" if user else ""
            raise Transient(
                f"NATS at {url} cannot be reached{who} ({text}): start it (make run, or docker compose up), or set "
                "CINESTREAM_NATS_URL, CINESTREAM_NATS_USER and CINESTREAM_NATS_PASSWORD"
            ) from None
        return bus

    async def _connect(
        self, url: str, options: dict[str, Any], on_error: Callable[[Exception], Awaitable[None]]
    ) -> None:
        while True:
            try:
                return await self._client.connect(url, **options)
            except (nats.errors.Error, OSError) as error:
                await on_error(error)
                await asyncio.sleep(0.5)

    @property
    def connected(self) -> bool:
        """Whether the connection stands now."""
        return self._client.is_connected

    async def close(self) -> None:
        """Flush what is published, then close."""
        self._closing = True
        if self._client.is_connected:
            try:
                await self._client.flush(timeout=2)
            except (TimeoutError, nats.errors.Error):
                log.warning("bus.flush_failed")
        # With the server gone, uvloop refuses the last write of nats-py to the dead transport.
        with contextlib.suppress(RuntimeError, OSError):
            await self._client.close()

    async def publish(self, subject: str, envelope: Envelope, *, expect_last: int | None = None) -> int:
        """Store a message and return its sequence once the server has it on disk.

        `expect_last` is compare-and-set: the sequence that the subject's last message must have (0: none).

        Raises:
            WrongLast: the last message of the subject is another one.
            AlreadyQueued: the subject is full.
            Transient: no answer (it may or may not be stored: publishing again is idempotent with
                `expect_last`), or the stream is full.
        """
        headers = dict(envelope.headers)
        if expect_last is not None:
            headers["Nats-Expected-Last-Subject-Sequence"] = str(expect_last)
        answer = await self._requests.ask(subject, envelope.body, headers)
        if error := answer.get("error"):
            code, text = error.get("err_code"), error.get("description")
            if code == WRONG_LAST_SEQUENCE:
                raise WrongLast(text)
            if code == STORE_FAILED and text == SUBJECT_FULL:  # a stream that is full has the same code
                raise AlreadyQueued(text)
            raise Transient(f"publish to {subject}: {text} ({code})")
        return int(answer["seq"])

    async def last(self, stream: str, subject: str) -> Stored | None:
        """The last message on a subject, or None."""
        # The subject is part of the API's subject, so that permissions can be given by subject.
        msg = await self._requests.send(f"$JS.API.DIRECT.GET.{stream}.{subject}", b"")
        status = (msg.headers or {}).get("Status")
        if status not in (None, "404"):
            raise Transient(f"{stream}: direct get answered {status}")
        return None if status else stored(msg)

    async def read(
        self, stream: str, *, start: int, most: int, max_bytes: int = 4 << 20, subject: str = ""
    ) -> list[Stored]:
        """Read at most `most` messages from sequence `start` on, in order; empty at the end.

        With `subject` (wildcards too) only those that match it. Deleted sequences are skipped without a word:
        compare with `StreamState.first_sequence`.
        """
        request: dict[str, Any] = {"seq": max(start, 1), "batch": most, "max_bytes": max_bytes}
        if subject:
            request["next_by_subj"] = subject
        return await self._requests.batch(stream, request)

    async def first_since(self, stream: str, moment: datetime) -> Stored | None:
        """The first message that was stored at `moment` (an aware time) or later, or None."""
        # The server counts nanoseconds in 64 bits: what is beyond them would wrap around.
        moment = min(max(moment, _FIRST_TIME), _LAST_TIME).astimezone(UTC)
        request = {"start_time": moment.isoformat().replace("+00:00", "Z"), "batch": 1}
        found = await self._requests.batch(stream, request)
        return found[0] if found else None

    async def read_lasts(self, stream: str, filters: list[str]) -> list[Stored]:
        """The last message of every subject that matches (at most 1,024 subjects)."""
        return await self._requests.batch(stream, {"multi_last": filters})

    async def remove(self, stream: str, sequence: int) -> bool:
        """Remove one message for good; False if it is not there (any more)."""
        answer = await self._requests.ask(
            f"$JS.API.STREAM.MSG.DELETE.{stream}", orjson.dumps({"seq": sequence, "no_erase": True})
        )
        return bool(answer.get("success"))

    async def purge(self, stream: str, subject: str, *, through: int) -> int:
        """Remove the messages on a subject up to a sequence, itself included, for good; returns how many."""
        answer = await self._requests.api(f"STREAM.PURGE.{stream}", {"filter": subject, "seq": through + 1})
        return int(answer["purged"])

    async def stream_state(self, stream: str) -> StreamState:
        """The facts of a stream.

        Raises:
            NotDeclared: there is no such stream.
        """
        info = await self._requests.api(f"STREAM.INFO.{stream}")
        state = info["state"]
        return StreamState(
            created=nats_time(info["created"]),
            messages=state["messages"],
            bytes=state["bytes"],
            max_bytes=info["config"]["max_bytes"],
            first_sequence=state["first_seq"],
            last_sequence=state["last_seq"],
        )

    async def consumer_state(self, stream: str, durable: str) -> ConsumerState:
        """The facts of a durable.

        Raises:
            NotDeclared: there is no such durable.
        """
        info = await self._requests.api(f"CONSUMER.INFO.{stream}.{durable}")
        return ConsumerState(info["num_pending"], info["num_ack_pending"], info["num_redelivered"])

    async def pull(self, stream: str, durable: str) -> Pull:
        """Read a durable."""
        inbox = self._client.new_inbox()
        sub = await self._client.subscribe(f"{inbox}.*")
        return Pull(self._client, sub, inbox, f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}")

    async def subscribe(self, subject: str, handle: Handle) -> None:
        """Call `handle` with headers and body of every message on a plain subject, in order, as it is read.

        At most once: what is published while the connection is away is not delivered. Only messages that have
        headers; the subject may end in `.*`.
        """
        self._client.hands[subject.encode()] = handle
        await self._client.subscribe(subject)

    @contextlib.asynccontextmanager
    async def offer(
        self, service: str, subject: str, answer: Callable[[bytes], Awaitable[bytes]], *, version: str, about: str
    ) -> AsyncIterator[None]:
        """Answer requests on a subject as a NATS micro service (ADR-32), until the block ends.

        Replicas share the requests. What the last token of the subject names is the endpoint. A `Transient` is
        answered with the error 503, `Invalid` with 400.
        """
        async with offered(self._client, service, subject, answer, version=version, about=about):
            yield

    async def ask(self, subject: str, body: bytes, *, wait: float = PATIENCE) -> bytes:
        """Ask a micro service.

        Raises:
            Invalid: it says that the request is wrong.
            Transient: nobody answers, or not now.
        """
        msg = await self._requests.send(subject, body, wait=wait)
        headers = msg.headers or {}
        if (code := headers.get("Nats-Service-Error-Code")) or headers.get("Status"):
            text = headers.get("Nats-Service-Error") or "nobody answers"
            raise (Invalid if code == "400" else Transient)(text)
        return msg.data

    async def declare(self, api: str, config: dict[str, Any]) -> dict[str, Any]:
        """Send a request that makes or changes part of the topology; for `cinestream-topology` alone.

        Raises:
            ValueError: the server refuses, with its reason.
            NotDeclared: what the request names is not there.
        """
        return await self._requests.api(api, config)
