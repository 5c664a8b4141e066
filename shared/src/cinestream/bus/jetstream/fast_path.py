"""`StraightParser`: nats-py's parser, with a short way for subjects of which very many messages come.

nats-py makes of every message an object, headers by a thorough parser, an entry of a queue and, where it is waited
for, a task: more than all else that a film costs before clients see it. Here such a message goes straight from the
socket's bytes to its handler. Everything else is nats-py's, and so are subscriptions, reconnects and requests.
The protocol: https://docs.nats.io/reference/reference-protocols/nats-protocol
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import structlog
from nats.aio.client import Client
from nats.protocol.parser import AWAITING_MSG_PAYLOAD, CRLF_SIZE, Parser

Handle: TypeAlias = Callable[[Mapping[str, str], bytes], None]
"""Called with headers and body, in the order of arrival, and before anything else is read: it must not take long."""

_LONGEST_LINE = 4096
_VERSION = len("NATS/1.0 ")
_STATUS = 3

log = structlog.get_logger("bus")


class StraightClient(Client):
    """nats-py's client, which `hands` the messages of some subjects over."""

    def __init__(self) -> None:
        super().__init__()
        self._ps = parser = StraightParser(self)
        self.hands = parser.hands


class StraightParser(Parser):
    """Messages with headers of the subjects in `hands` go to their handlers; a subject may end in `.*`."""

    def __init__(self, client: Client) -> None:
        self.hands: dict[bytes, Handle] = {}
        self._held = b""
        super().__init__(client)

    def reset(self) -> None:
        """Forget what an earlier connection began."""
        super().reset()
        self._held = b""

    async def parse(self, data: bytes = b"") -> None:
        """Take in bytes of the socket."""
        if self._held:
            data, self._held = self._held + data, b""
        elif not self.hands:
            await super().parse(data)
            return
        at = 0
        while at < len(data):
            # What nats-py has begun it is given the rest of, and no byte more: it keeps nothing of what follows.
            if self.state == AWAITING_MSG_PAYLOAD:
                end = at + self.needed + CRLF_SIZE - len(self.buf)
            elif not (end := data.find(b"\n", at) + 1):
                if len(data) - at < _LONGEST_LINE:
                    self._held = data[at:]
                    return
                end = len(data)
            elif not self.buf and (message := self._ours(data[at:end])):
                handle, head, size = message
                start, head, end = end, end + head, end + size + CRLF_SIZE
                if end > len(data):
                    self._held = data[at:]
                    return
                _hand_over(handle, data[start:head], data[head : end - CRLF_SIZE])
                at = end
                continue
            await super().parse(data[at:end])
            at = end

    def _ours(self, line: bytes) -> tuple[Handle, int, int] | None:
        """The handler, and the sizes of the headers and of all, of the message that this line begins."""
        words = line.split()
        if words[:1] != [b"HMSG"]:
            return None
        subject = words[1]
        handle = self.hands.get(subject) or self.hands.get(subject.rpartition(b".")[0] + b".*")
        return (handle, int(words[-2]), int(words[-1])) if handle else None


def _hand_over(handle: Handle, head: bytes, body: bytes) -> None:
    try:
        handle(headers_of(head), body)
    except Exception:
        # The reading of everything else must go on.
        log.exception("bus.handler_failed")


def headers_of(head: bytes) -> dict[str, str]:
    """Read the headers of a message (NATS ADR-4); a status in the first line counts as the header `Status`."""
    first, *lines = head.decode(errors="replace").split("\r\n")
    headers = {"Status": first[_VERSION : _VERSION + _STATUS]} if len(first) > _VERSION else {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            headers[name] = value.strip()
    return headers
