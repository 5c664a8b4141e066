"""What a durable hands out: messages in hand, and the pull that asks for them."""

import asyncio
import itertools
from typing import Any

import nats.errors
import orjson
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from cinestream.bus.jetstream.stored import NO_MORE
from cinestream.contracts import Envelope

log = structlog.get_logger("bus")

# How long the server may take to say that nothing is ready.
_ANSWER_TIMEOUT = 5.0


class Delivery:
    """One message in hand. Exactly one of `ack`, `nak` ends it; `in_progress` restarts its ack_wait."""

    def __init__(self, client: Client, msg: Msg) -> None:
        self._client = client
        self._reply = msg.reply
        self.subject = msg.subject
        self.envelope = Envelope(dict(msg.headers or {}), msg.data)
        # $JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<time>.<pending>, or the form
        # with domain and account hash before the stream: the numbers are counted from the right.
        tokens = msg.reply.split(".")
        at = 4 if len(tokens) == 9 else 6
        self.delivered = int(tokens[at])
        self.sequence = int(tokens[at + 1])

    async def ack(self) -> None:
        """Say that what this message led to is stored."""
        await self._say(b"+ACK")

    async def nak(self, delay: float = 0.0) -> None:
        """Give it back, to be delivered again after `delay` seconds."""
        await self._say(b"-NAK " + orjson.dumps({"delay": int(delay * 1e9)}) if delay else b"-NAK")

    async def in_progress(self) -> None:
        """Say that work on it goes on."""
        await self._say(b"+WPI")

    async def _say(self, word: bytes) -> None:
        # A lost word costs a redelivery after ack_wait, which every handler must bear anyway.
        try:
            await self._client.publish(self._reply, word)
        except nats.errors.Error as error:
            log.warning("delivery.word_lost", subject=self.subject, word=word.decode(), error=str(error))


class Pull:
    """A durable pull consumer, read without the right to create one."""

    def __init__(self, client: Client, sub: Subscription, inbox: str, subject: str) -> None:
        self._client = client
        self._sub = sub
        self._inbox = inbox
        self._subject = subject
        self._numbers = itertools.count()

    async def fetch(self, most: int, *, wait: float) -> list[Delivery]:
        """Return at most `most` deliveries: those that are ready now, else the first within `wait` seconds.

        An empty list means that there was none, or that the bus is away. Never more is asked for than is
        returned, so no message waits in a buffer while its ack_wait runs.
        """
        ready = await self._ask({"batch": most, "no_wait": True}, most, _ANSWER_TIMEOUT)
        if ready or wait <= 0:
            return ready
        return await self._ask({"batch": 1, "expires": int(wait * 1e9)}, 1, wait + 0.5)

    async def _ask(self, request: dict[str, Any], most: int, timeout: float) -> list[Delivery]:
        reply = f"{self._inbox}.{next(self._numbers)}"
        try:
            await self._client.publish(self._subject, orjson.dumps(request), reply)
        except nats.errors.Error:
            await asyncio.sleep(min(timeout, 1.0))  # disconnected, and the buffer is full
            return []
        deliveries: list[Delivery] = []
        deadline = asyncio.get_running_loop().time() + timeout
        while len(deliveries) < most:
            left = deadline - asyncio.get_running_loop().time()
            try:
                msg = await self._sub.next_msg(timeout=max(left, 0.001))
            except (TimeoutError, nats.errors.Error):
                break
            status = (msg.headers or {}).get("Status") if not msg.reply else None
            if status is None:
                deliveries.append(Delivery(self._client, msg))
            elif msg.subject == reply and status in NO_MORE:
                break
        return deliveries
