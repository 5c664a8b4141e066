"""Reading and writing of JetStream streams."""

from datetime import UTC, datetime
from typing import Any

import orjson

from cinestream.bus.jetstream.requests import Requests
from cinestream.bus.jetstream.stored import (
    AlreadyQueued,
    ConsumerState,
    StoredMessage,
    StreamState,
    WrongLastSequence,
    nats_time,
    stored,
)
from cinestream.contracts import Envelope, Transient
from cinestream_flow.message import Message

_FIRST_TIME, _LAST_TIME = datetime(1970, 1, 1, tzinfo=UTC), datetime(2262, 1, 1, tzinfo=UTC)

WRONG_LAST_SEQUENCE = 10071
STORE_FAILED = 10077
SUBJECT_FULL = "maximum messages per subject exceeded"


class Streams:
    """The streams of a server.

    Every method raises `Transient` if the server does not answer in time.
    """

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    async def publish(self, subject: str, envelope: Envelope, *, expect_last: int | None = None) -> int:
        """Store a message, and return its sequence when the server has it on disk.

        Args:
            subject: Subject of a stream.
            envelope: Headers and body.
            expect_last: Sequence that the last message of the subject must have (0: no message). This makes the
                publish a compare-and-set.

        Raises:
            WrongLastSequence: The last message of the subject has another sequence.
            AlreadyQueued: The subject holds a message and takes no second one.
            Transient: The stream is full, or there was no answer. Without an answer the message may be stored or not.
                Publishing it again is idempotent with `expect_last`.
        """
        headers = dict(envelope.headers)
        if expect_last is not None:
            headers["Nats-Expected-Last-Subject-Sequence"] = str(expect_last)
        response = await self._requests.request_json(subject, envelope.body, headers)
        if error := response.get("error"):
            code, text = error.get("err_code"), error.get("description")
            if code == WRONG_LAST_SEQUENCE:
                raise WrongLastSequence(text)
            # A full stream has the same code as a full subject, so only the text distinguishes them.
            if code == STORE_FAILED and text == SUBJECT_FULL:
                raise AlreadyQueued(text)
            raise Transient(Message("publish to {subject}: {text} ({code})", subject=subject, text=text, code=code))
        return int(response["seq"])

    async def last_message(self, stream: str, subject: str) -> StoredMessage | None:
        """Return the last message of a subject, or None."""
        # The subject is part of the API's subject, so that permissions can be granted by subject.
        msg = await self._requests.request(f"$JS.API.DIRECT.GET.{stream}.{subject}", b"")
        status = (msg.headers or {}).get("Status")
        if status not in (None, "404"):
            raise Transient(Message("{stream}: direct get answered {status}", stream=stream, status=status))
        return None if status else stored(msg)

    async def read(
        self, stream: str, *, start: int, limit: int, max_bytes: int = 4 << 20, subject: str = ""
    ) -> list[StoredMessage]:
        """Return messages in the order of their sequences. An empty list means that there are no more.

        Deleted sequences are skipped silently. Compare with `StreamState.first_sequence` to detect them.

        Args:
            stream: Name of the stream.
            start: First sequence to return.
            limit: Maximum number of messages.
            max_bytes: Maximum size of all messages together.
            subject: Subject to match, which may have wildcards. By default all messages match.
        """
        request: dict[str, Any] = {"seq": max(start, 1), "batch": limit, "max_bytes": max_bytes}
        if subject:
            request["next_by_subj"] = subject
        return await self._requests.batch(stream, request)

    async def first_message_since(self, stream: str, moment: datetime) -> StoredMessage | None:
        """Return the first message that was stored at an aware time or later, or None."""
        # The server counts nanoseconds in 64 bits, and a time outside of their range would wrap around.
        moment = min(max(moment, _FIRST_TIME), _LAST_TIME).astimezone(UTC)
        request = {"start_time": moment.isoformat().replace("+00:00", "Z"), "batch": 1}
        found = await self._requests.batch(stream, request)
        return found[0] if found else None

    async def last_messages(self, stream: str, filters: list[str]) -> list[StoredMessage]:
        """Return the last message of each matching subject. At most 1,024 subjects may match."""
        return await self._requests.batch(stream, {"multi_last": filters})

    async def remove(self, stream: str, sequence: int) -> bool:
        """Remove one message permanently. Return False if it does not exist."""
        response = await self._requests.request_json(
            f"$JS.API.STREAM.MSG.DELETE.{stream}", orjson.dumps({"seq": sequence, "no_erase": True})
        )
        return bool(response.get("success"))

    async def purge(self, stream: str, subject: str, *, through: int) -> int:
        """Remove the messages of a subject up to and including a sequence permanently, and return their number."""
        response = await self._requests.call_api(f"STREAM.PURGE.{stream}", {"filter": subject, "seq": through + 1})
        return int(response["purged"])

    async def stream_state(self, stream: str) -> StreamState:
        """Return the state of a stream.

        Raises:
            NotDeclared: The stream does not exist.
        """
        info = await self._requests.call_api(f"STREAM.INFO.{stream}")
        state = info["state"]
        return StreamState(
            created=nats_time(info["created"]),
            messages=state["messages"],
            bytes=state["bytes"],
            max_bytes=info["config"]["max_bytes"],
            first_sequence=state["first_seq"],
            last_sequence=state["last_seq"],
            subjects=state.get("num_subjects", 0),  # an empty stream has no such field
        )

    async def messages_by_subject(self, stream: str, filter: str) -> dict[str, int]:
        """Return the number of messages of each subject that matches. Subjects without messages are left out.

        Args:
            stream: Name of the stream.
            filter: Subject, which may have wildcards. At most 100,000 subjects may match.

        Raises:
            NotDeclared: The stream does not exist.
        """
        info = await self._requests.call_api(f"STREAM.INFO.{stream}", {"subjects_filter": filter})
        return dict(info["state"].get("subjects") or {})

    async def consumer_state(self, stream: str, durable: str) -> ConsumerState:
        """Return the state of a durable consumer.

        Raises:
            NotDeclared: The consumer does not exist.
        """
        info = await self._requests.call_api(f"CONSUMER.INFO.{stream}.{durable}")
        return ConsumerState(info["num_pending"], info["num_ack_pending"], info["num_redelivered"])

    async def declare(self, api: str, config: dict[str, Any]) -> dict[str, Any]:
        """Create or change a part of the topology, and return the response. Only `cinestream-topology` may do this.

        Raises:
            ValueError: The server refuses. The message gives its reason.
            NotDeclared: The request names a stream or consumer that does not exist.
        """
        return await self._requests.call_api(api, config)
