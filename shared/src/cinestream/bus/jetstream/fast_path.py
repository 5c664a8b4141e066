"""A parser for nats-py that hands messages of selected subjects directly to their handlers.

For each message nats-py creates an object, parses the headers with a mail parser, puts the message into a queue and
wakes a task. Together that costs more than everything else between the socket and the SSE clients. The fast path cuts
the message out of the received bytes and calls its handler. nats-py still does everything else: other messages,
subscriptions, reconnects and requests.

The protocol: https://docs.nats.io/reference/reference-protocols/nats-protocol
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import nats.errors
from nats.aio.client import Client
from nats.protocol.parser import AWAITING_MSG_PAYLOAD, CRLF_SIZE, Parser

from cinestream_flow.logger import get_logger

Handler: TypeAlias = Callable[[Mapping[str, str], bytes], None]
"""Function that receives headers and body of each message in order. It must be fast: nothing is read meanwhile."""

_MAX_LINE = 4096
_VERSION = len("NATS/1.0 ")
_STATUS = 3

log = get_logger("bus")


class NoTls(nats.errors.Error):
    """The address begins with tls://, and the server does not encrypt the connection."""


class FastPathClient(Client):
    """A client of nats-py with the fast path.

    Attributes:
        handlers: Handler of each subject, which may end in `.*`. The subject must also be subscribed to.
    """

    def __init__(self) -> None:
        super().__init__()
        self._ps = parser = FastPathParser(self)
        self.handlers = parser.handlers

    async def _process_connect_init(self) -> None:
        """Log in to the server, as the overridden method does.

        Raises:
            nats.errors.Error: The first line of the server is not that of NATS. nats-py has no error of its own for a
                line without an end, nor for an INFO that is no object.
        """
        try:
            await super()._process_connect_init()
        except OSError:  # a certificate that is not valid is a ValueError, too
            raise
        except (ValueError, AttributeError) as error:
            raise nats.errors.Error("nats: the server sends no INFO") from error

    def _connect_command(self) -> bytes:
        """Return the command that logs in, as the overridden method does.

        nats-py encrypts only if the server requires it, and would send the password to any other server, too.

        Raises:
            NoTls: The address begins with tls://, and the connection is not encrypted.
        """
        if (
            self._current_server
            and self._current_server.uri.scheme == "tls"
            and not self._server_info.get("tls_required")
        ):
            raise NoTls
        return super()._connect_command()


class FastPathParser(Parser):
    """A parser that takes messages with headers of the subjects in `handlers` from nats-py's parser."""

    def __init__(self, client: Client) -> None:
        self.handlers: dict[bytes, Handler] = {}
        # Start of a protocol line or message whose end has not arrived yet.
        self._incomplete = b""
        super().__init__(client)

    def reset(self) -> None:
        """Discard the incomplete message of an earlier connection."""
        super().reset()
        self._incomplete = b""

    async def parse(self, data: bytes = b"") -> None:
        """Process bytes from the socket, which may begin and end anywhere in a message."""
        if self._incomplete:
            data, self._incomplete = self._incomplete + data, b""
        elif not self.handlers:
            await super().parse(data)
            return
        at = 0
        while at < len(data):
            if self.state == AWAITING_MSG_PAYLOAD:
                # nats-py is in the middle of one of its messages. It gets exactly the rest of it: whatever follows
                # might be ours, and nats-py would consume it.
                end = at + self.needed + CRLF_SIZE - len(self.buf)
            elif not (end := data.find(b"\n", at) + 1):
                if len(data) - at < _MAX_LINE:
                    self._incomplete = data[at:]
                    return
                # Longer than any line of ours: let nats-py report the protocol error.
                end = len(data)
            elif not self.buf and (message := self._match(data[at:end])):
                handler, head, size = message
                start, head, end = end, end + head, end + size + CRLF_SIZE
                if end > len(data):
                    self._incomplete = data[at:]
                    return
                _call(handler, data[start:head], data[head : end - CRLF_SIZE])
                at = end
                continue
            await super().parse(data[at:end])
            at = end

    def _match(self, line: bytes) -> tuple[Handler, int, int] | None:
        """Return the handler, the size of the headers and the total size of the message that a line announces.

        The line of a message with headers is `HMSG <subject> <sid> [reply-to] <header bytes> <total bytes>`.
        """
        words = line.split()
        if words[:1] != [b"HMSG"]:
            return None
        subject = words[1]
        handler = self.handlers.get(subject) or self.handlers.get(subject.rpartition(b".")[0] + b".*")
        return (handler, int(words[-2]), int(words[-1])) if handler else None


def _call(handler: Handler, head: bytes, body: bytes) -> None:
    try:
        handler(headers_of(head), body)
    except Exception:
        # An error here would end nats-py's read loop, and with it every other subscription.
        log.exception("bus.handler_failed")


def headers_of(head: bytes) -> dict[str, str]:
    """Parse the headers of a message (NATS ADR-4). A status in the first line becomes the header `Status`."""
    first, *lines = head.decode(errors="replace").split("\r\n")
    headers = {"Status": first[_VERSION : _VERSION + _STATUS]} if len(first) > _VERSION else {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            headers[name] = value.strip()
    return headers
