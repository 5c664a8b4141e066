"""Deliveries of a durable pull consumer."""

import asyncio
import itertools
from typing import Any

import nats.errors
import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from cinestream.bus.jetstream.stored import NO_MORE
from cinestream.contracts import Envelope
from cinestream_flow.logger import get_logger

log = get_logger("bus")

_RESPONSE_TIMEOUT = 5.0
"""Seconds that the server may take to answer that no message is ready."""


class Delivery:
    """One delivery of a message.

    Exactly one call of `ack` or `nak` ends it. `in_progress` restarts its ack_wait.

    Attributes:
        subject: Subject of the message.
        envelope: Headers and body of the message.
        delivered: Number of deliveries of this message, this one included.
        sequence: Sequence of the message in its stream.
    """

    def __init__(self, client: Client, msg: Msg) -> None:
        self._client = client
        self._reply = msg.reply
        self.subject = msg.subject
        self.envelope = Envelope(dict(msg.headers or {}), msg.data)
        # The reply subject is $JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<time>.<pending>.
        # Newer servers put the domain and the account hash before the stream.
        tokens = msg.reply.split(".")
        at = 4 if len(tokens) == 9 else 6
        self.delivered = int(tokens[at])
        self.sequence = int(tokens[at + 1])

    async def ack(self) -> None:
        """Acknowledge the message, after everything that results from it is stored."""
        await self._reply_with(b"+ACK")

    async def nak(self, delay: float = 0.0) -> None:
        """Return the message, to be delivered again after `delay` seconds."""
        await self._reply_with(b"-NAK " + orjson.dumps({"delay": int(delay * 1e9)}) if delay else b"-NAK")

    async def in_progress(self) -> None:
        """Tell the server that the message is still being handled."""
        await self._reply_with(b"+WPI")

    async def _reply_with(self, reply: bytes) -> None:
        # A lost reply causes a redelivery after ack_wait. Every handler is idempotent and must bear that anyway.
        try:
            await self._client.publish(self._reply, reply)
        except nats.errors.Error as error:
            log.warning("delivery.reply_lost", subject=self.subject, reply=reply.decode(), error=str(error))


class Pull:
    """A reader of a durable pull consumer. It does not need the right to create consumers."""

    def __init__(self, client: Client, sub: Subscription, inbox: str, subject: str) -> None:
        self._client = client
        self._sub = sub
        self._inbox = inbox
        self._subject = subject
        self._numbers = itertools.count()

    async def fetch(self, limit: int, *, wait: float) -> list[Delivery]:
        """Return deliveries that are ready now, or else the first one that arrives in time.

        No more messages are requested than are returned, so no message waits in a buffer while its ack_wait runs.

        Args:
            limit: Maximum number of deliveries.
            wait: Seconds to wait for the first delivery if none is ready.

        Returns:
            The deliveries. The list is empty if there was none in time, or the connection is down.
        """
        ready = await self._request({"batch": limit, "no_wait": True}, limit, _RESPONSE_TIMEOUT)
        if ready or wait <= 0:
            return ready
        return await self._request({"batch": 1, "expires": int(wait * 1e9)}, 1, wait + 0.5)

    async def _request(self, request: dict[str, Any], limit: int, timeout: float) -> list[Delivery]:
        reply = f"{self._inbox}.{next(self._numbers)}"
        try:
            await self._client.publish(self._subject, orjson.dumps(request), reply)
        except nats.errors.Error:
            await asyncio.sleep(min(timeout, 1.0))  # disconnected, and nats-py's buffer is full
            return []
        deliveries: list[Delivery] = []
        deadline = asyncio.get_running_loop().time() + timeout
        while len(deliveries) < limit:
            remaining = deadline - asyncio.get_running_loop().time()
            try:
                msg = await self._sub.next_msg(timeout=max(remaining, 0.001))
            except (TimeoutError, nats.errors.Error):
                break
            # A message of the stream has a reply subject. A status message has none.
            status = (msg.headers or {}).get("Status") if not msg.reply else None
            if status is None:
                deliveries.append(Delivery(self._client, msg))
            elif msg.subject == reply and status in NO_MORE:
                break  # a late status of an earlier request is ignored
        return deliveries
