"""`Bus`: one connection to NATS."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Self

import nats
import nats.errors
import orjson
import structlog
from nats.aio.msg import Msg
from nats.micro import add_service
from nats.micro.request import Request, ServiceError

from cinestream.bus.jetstream.deliveries import Pull
from cinestream.bus.jetstream.stored import (
    NO_MORE,
    AlreadyQueued,
    ConsumerState,
    Stored,
    StreamState,
    WrongLast,
    nats_time,
    stored,
    stored_of,
)
from cinestream.bus.jetstream.straight import Handle, StraightClient
from cinestream.contracts import Envelope, Invalid, Transient

Headers = Mapping[str, str]
log = structlog.get_logger("bus")

_REQUEST_TIMEOUT = 5.0
_FIRST_TIME, _LAST_TIME = datetime(1970, 1, 1, tzinfo=UTC), datetime(2262, 1, 1, tzinfo=UTC)

WRONG_LAST_SEQUENCE = 10071
MAX_MESSAGES_PER_SUBJECT = 10077


class Bus:
    """One connection to NATS, for ever reconnecting.

    Every method that asks the server raises `Transient` when it does not answer in time.
    """

    def __init__(self, client: StraightClient) -> None:
        self._client = client
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
        answer = await self._ask(subject, envelope.body, headers)
        if error := answer.get("error"):
            code, text = error.get("err_code"), error.get("description")
            if code == WRONG_LAST_SEQUENCE:
                raise WrongLast(text)
            if code == MAX_MESSAGES_PER_SUBJECT:
                raise AlreadyQueued(text)
            raise Transient(f"publish to {subject}: {text} ({code})")
        return int(answer["seq"])

    async def last(self, stream: str, subject: str) -> Stored | None:
        """The last message on a subject, or None."""
        # The subject is part of the API's subject, so that permissions can be given by subject.
        msg = await self._request(f"$JS.API.DIRECT.GET.{stream}.{subject}", b"")
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
        return await self._read(stream, request)

    async def first_since(self, stream: str, moment: datetime) -> Stored | None:
        """The first message that was stored at `moment` (an aware time) or later, or None."""
        # The server counts nanoseconds in 64 bits: what is beyond them would wrap around.
        moment = min(max(moment, _FIRST_TIME), _LAST_TIME).astimezone(UTC)
        request = {"start_time": moment.isoformat().replace("+00:00", "Z"), "batch": 1}
        found = await self._read(stream, request)
        return found[0] if found else None

    async def read_lasts(self, stream: str, filters: list[str]) -> list[Stored]:
        """The last message of every subject that matches (at most 1,024 subjects)."""
        return await self._read(stream, {"multi_last": filters})

    async def remove(self, stream: str, sequence: int) -> bool:
        """Remove one message for good; False if it is not there (any more)."""
        answer = await self._ask(
            f"$JS.API.STREAM.MSG.DELETE.{stream}", orjson.dumps({"seq": sequence, "no_erase": True})
        )
        return bool(answer.get("success"))

    async def purge(self, stream: str, subject: str, *, through: int) -> int:
        """Remove the messages on a subject up to a sequence, itself included, for good; returns how many."""
        answer = await self._api(f"STREAM.PURGE.{stream}", {"filter": subject, "seq": through + 1})
        return int(answer["purged"])

    async def stream_state(self, stream: str) -> StreamState:
        """The facts of a stream.

        Raises:
            KeyError: there is no such stream.
        """
        info = await self._api(f"STREAM.INFO.{stream}")
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
            KeyError: there is no such durable.
        """
        info = await self._api(f"CONSUMER.INFO.{stream}.{durable}")
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

        async def handle(request: Request) -> None:
            try:
                await request.respond(await answer(request.data))
            except (Invalid, Transient) as error:
                code = "400" if isinstance(error, Invalid) else "503"
                raise ServiceError(code, str(error)) from error

        offered = await add_service(self._client, name=service, version=version, description=about)
        try:
            await offered.add_endpoint(name=subject.rpartition(".")[2], subject=subject, handler=handle, metadata={})
            yield
        finally:
            # A connection that is away has nothing to unsubscribe from.
            with contextlib.suppress(nats.errors.Error):
                await offered.stop()

    async def ask(self, subject: str, body: bytes, *, wait: float = _REQUEST_TIMEOUT) -> bytes:
        """Ask a micro service.

        Raises:
            Invalid: it says that the request is wrong.
            Transient: nobody answers, or not now.
        """
        msg = await self._request(subject, body, wait=wait)
        headers = msg.headers or {}
        if (code := headers.get("Nats-Service-Error-Code")) or headers.get("Status"):
            text = headers.get("Nats-Service-Error") or "nobody answers"
            raise (Invalid if code == "400" else Transient)(text)
        return msg.data

    async def declare(self, api: str, config: dict[str, Any]) -> dict[str, Any]:
        """Send a request that makes or changes part of the topology; for `cinestream-topology` alone.

        Raises:
            ValueError: the server refuses, with its reason.
            KeyError: what the request names is not there.
        """
        return await self._api(api, config)

    async def _api(self, api: str, request: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = await self._ask(f"$JS.API.{api}", orjson.dumps(request) if request else b"")
        if error := answer.get("error"):
            if error.get("code") == 404:
                raise KeyError(f"{api}: {error['description']}")
            if error.get("code") == 503:
                raise Transient(f"{api}: {error['description']}")
            raise ValueError(f"{api}: {error['description']} ({error.get('err_code')})")
        return answer

    async def _ask(self, subject: str, body: bytes, headers: dict[str, str] | None = None) -> dict[str, Any]:
        msg = await self._request(subject, body, headers)
        answer: dict[str, Any] = orjson.loads(msg.data)
        return answer

    async def _request(
        self, subject: str, body: bytes, headers: dict[str, str] | None = None, *, wait: float = _REQUEST_TIMEOUT
    ) -> Msg:
        try:
            return await self._client.request(subject, body, timeout=wait, headers=headers)
        except (TimeoutError, nats.errors.Error) as error:
            raise Transient(f"{subject}: no answer from NATS ({type(error).__name__})") from error

    async def _read(self, stream: str, request: dict[str, Any]) -> list[Stored]:
        # Batched direct get (NATS ADR-31) answers with many messages; nats-py has no method for it.
        inbox = self._client.new_inbox()
        reading = _Reading(stream)
        sub = await self._client.subscribe(inbox)
        self._client.hands[inbox.encode()] = reading.take
        try:
            await self._client.publish(f"$JS.API.DIRECT.GET.{stream}", orjson.dumps(request), inbox)
            return await reading.all()
        except (TimeoutError, nats.errors.Error) as error:
            raise Transient(f"{stream}: history does not answer ({type(error).__name__})") from error
        finally:
            del self._client.hands[inbox.encode()]
            if not self._client.is_closed:
                await sub.unsubscribe()


class _Reading:
    """A batch that is being read."""

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self._found: list[Stored] = []
        self._end: asyncio.Future[list[Stored]] = asyncio.get_running_loop().create_future()

    def take(self, headers: Headers, body: bytes) -> None:
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
            await asyncio.wait([self._end], timeout=_REQUEST_TIMEOUT)
        if not self._end.done():
            raise TimeoutError
        return self._end.result()
