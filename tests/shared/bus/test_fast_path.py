"""The fast path for messages: the same messages in the same order, for any division of the received bytes."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cinestream.bus.jetstream.fast_path import FastPathClient, FastPathParser, headers_of

pytestmark = pytest.mark.anyio


class Server:
    """A parser, and the messages that its handler received."""

    def __init__(self) -> None:
        self.client = FastPathClient()
        self.parser = FastPathParser(self.client)
        self.received: list[tuple[str, bytes]] = []
        self.parser.handlers[b"live.*"] = self.take

    def take(self, headers: Mapping[str, str], body: bytes) -> None:
        """Record a message of the fast path."""
        self.received.append((headers["N"], body))


def message(subject: bytes, number: int, body: bytes) -> bytes:
    """Return a message with headers in the protocol of NATS."""
    head = b"NATS/1.0\r\nN: %d\r\n\r\n" % number
    return b"HMSG %b 1 %d %d\r\n%b%b\r\n" % (subject, len(head), len(head) + len(body), head, body)


OTHERS = [b"+OK\r\n", b"MSG other 2 5\r\nhello\r\n", message(b"other.x", 0, b"HMSG live.a 1 2 3\r\n")]


@settings(max_examples=200)
@given(
    bodies=st.lists(st.binary(max_size=40) | st.sampled_from([b"\r\n", b"+OK\r\n", message(b"live.z", 9, b"")])),
    others=st.lists(st.integers(0, len(OTHERS) - 1)),
    cuts=st.lists(st.integers(1, 60), min_size=1),
)
async def test_messages_are_independent_of_the_division_of_the_bytes(
    bodies: list[bytes], others: list[int], cuts: list[int]
) -> None:
    """Each message for a handler arrives once and in order, and nats-py gets all other messages."""
    server, wire = Server(), b""
    for number, body in enumerate(bodies):
        wire += b"".join(OTHERS[other] for other in others[number : number + 1])
        wire += message(b"live.a%d" % number, number, body)
    while wire:
        for cut in cuts:
            await server.parser.parse(wire[:cut])
            wire = wire[cut:]
    assert server.received == [(str(number), body) for number, body in enumerate(bodies)]
    assert server.client.stats["in_msgs"] == sum(other > 0 for other in others[: len(bodies)])


async def test_new_connection_discards_an_incomplete_message() -> None:
    """The incomplete message of an earlier connection is discarded."""
    server, whole = Server(), message(b"live.a", 1, b"body")
    await server.parser.parse(whole[:-3])
    server.parser.reset()
    await server.parser.parse(whole)
    assert server.received == [("1", b"body")]


async def test_failing_handler_does_not_stop_other_handlers() -> None:
    """The parser reads the next message after a handler raised an error."""
    server, failed = Server(), 0

    def fail(headers: Mapping[str, str], body: bytes) -> None:
        nonlocal failed
        failed += 1
        raise ValueError(headers["N"])

    server.parser.handlers[b"bad"] = fail
    await server.parser.parse(message(b"bad", 1, b"") + message(b"live.a", 2, b""))
    assert (failed, server.received) == (1, [("2", b"")])


async def test_removed_handler_receives_nothing() -> None:
    """nats-py gets the messages that arrive after the handler was removed."""
    server, half = Server(), message(b"live.a", 1, b"body")
    await server.parser.parse(half[:20])
    server.parser.handlers.clear()
    await server.parser.parse(half[20:] + half)
    assert (server.received, server.client.stats["in_msgs"]) == ([], 2)


@pytest.mark.parametrize(
    ("head", "headers"),
    [
        (b"NATS/1.0\r\nName: v\xc3\xa9: 1\r\nOther:2\r\n\r\n", {"Name": "vé: 1", "Other": "2"}),
        (b"NATS/1.0 404 Message Not Found\r\n\r\n", {"Status": "404"}),
        (b"NATS/1.0 204 EOB\r\nNats-Num-Pending: 0\r\n\r\n", {"Status": "204", "Nats-Num-Pending": "0"}),
        (b"NATS/1.0 503\r\n\r\n", {"Status": "503"}),
        (b"NATS/1.0\r\nName: \xff\r\n\r\n", {"Name": "\ufffd"}),
    ],
)
async def test_headers(head: bytes, headers: dict[str, str]) -> None:
    """The headers are the same as those of nats-py, and a status becomes the header `Status`."""
    assert headers_of(head) == headers
    assert {key: value for key, value in (await read_by_nats(head)).items() if key != "Description"} == headers


async def read_by_nats(head: bytes) -> dict[str, str]:
    """Return the headers that nats-py parses."""
    return await FastPathClient()._process_headers(head) or {}
