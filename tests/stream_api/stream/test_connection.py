"""A client that stops reading for a while, and then continues."""

import http.client
import socket

import anyio
import pytest
from tests.stream_api.films import publish
from tests.stream_api.serving import STREAM, serving
from tests.stream_api.sse import Reader

from cinestream.bus.jetstream import Bus

pytestmark = pytest.mark.anyio


async def test_a_client_that_reads_again_gets_the_rest(etl_bus: Bus, stream_bus: Bus) -> None:
    """Nothing more is written to a client that does not read. It is served at once when it reads again."""
    async with serving(stream_bus, stream_heartbeat=300) as api:
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
            client.connect(("127.0.0.1", int(api.url.rpartition(":")[2])))
            connection = http.client.HTTPConnection("127.0.0.1")
            connection.sock = client
            connection.request("GET", STREAM)
            with anyio.fail_after(60):
                while api.metric("clients", state="live") < 1:
                    await anyio.sleep(0.005)
                for first in range(1, 401, 50):
                    await publish(etl_bus, *range(first, first + 50), stars=["x" * 1000] * 40)
                assert api.metric("deliveries_total") < 400
                assert await anyio.to_thread.run_sync(read_films, connection, 400) == list(range(1, 401))
                assert api.metric("deliveries_total") == 400


def read_films(connection: http.client.HTTPConnection, count: int) -> list[int]:
    """Return the sequences of the next films."""
    response, reader, found = connection.getresponse(), Reader(), list[int]()
    while len(found) < count:
        found += [event.sequence for event in reader.feed(response.readline()) if event.name == "movie"]
    return found
