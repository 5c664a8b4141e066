"""Objects in a bucket on a real nats-server, with the permissions of the scraper."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import nats
import pytest
from tests.nats_server import NatsServer
from tests.paths import SCRIPTS
from tests.ports import free_port

from cinestream.bus import objects
from cinestream.bus.jetstream import Bus
from cinestream.bus.topology import stream
from cinestream.contracts import Envelope, Invalid

pytestmark = pytest.mark.anyio
BUCKET = "snapshots"


@pytest.mark.parametrize("size", [0, 1, 128 << 10, (128 << 10) + 1, 5_000_000])
async def test_object_is_returned_unchanged(scraper_bus: Bus, size: int) -> None:
    """An object of any size is returned byte for byte, also with another object in the bucket."""
    body = bytes(range(256)) * (size // 256 + 1)
    await objects.put(scraper_bus, BUCKET, "a page.zip", body[:size])
    await objects.put(scraper_bus, BUCKET, "b", b"other")
    assert await objects.get(scraper_bus, BUCKET, "a page.zip") == body[:size]
    assert await objects.get(scraper_bus, BUCKET, "b") == b"other"


async def test_second_object_replaces_the_first_one_of_its_name(scraper_bus: Bus) -> None:
    """The object that was stored last is returned."""
    for body in (b"first", b"second"):
        await objects.put(scraper_bus, BUCKET, "a", body)
    assert await objects.get(scraper_bus, BUCKET, "a") == b"second"


async def test_missing_object_is_none(topology: NatsServer, scraper_bus: Bus) -> None:
    """An unknown object and an object whose chunks were removed are both None."""
    assert await objects.get(scraper_bus, BUCKET, "a") is None
    await objects.put(scraper_bus, BUCKET, "a", bytes(300_000))
    admin = await topology.connect("topology")
    info = await admin.declare("STREAM.INFO.OBJ_snapshots", {})
    await admin.declare("STREAM.UPDATE.OBJ_snapshots", {**info["config"], "max_msgs": 3})
    await admin.close()
    assert await objects.get(scraper_bus, BUCKET, "a") is None


async def test_damaged_object_is_invalid(scraper_bus: Bus) -> None:
    """An object with another digest raises Invalid."""
    await objects.put(scraper_bus, BUCKET, "a", b"x")
    (chunk,) = await scraper_bus.read("OBJ_snapshots", start=1, limit=1, subject="$O.snapshots.C.>")
    await scraper_bus.publish(chunk.subject, Envelope({}, b"y"))
    with pytest.raises(Invalid, match="damaged"):
        await objects.get(scraper_bus, BUCKET, "a")


@pytest.fixture
def open_server(tmp_path: Path) -> Iterator[str]:
    """Start a nats-server without users, on which every client has all permissions."""
    port = free_port()
    command = [str(SCRIPTS / "nats-server"), "-js", "-sd", str(tmp_path), "-a", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        yield f"nats://127.0.0.1:{port}"
        process.kill()


@pytest.mark.process
async def test_nats_client_reads_the_object(open_server: str) -> None:
    """nats-py reads the bucket as an object store."""
    bus = await Bus.connect(open_server, name="test")
    await bus.declare(f"STREAM.CREATE.OBJ_{BUCKET}", stream(f"OBJ_{BUCKET}").config)
    await objects.put(bus, BUCKET, "a page.zip", bytes(200_000))
    client = await nats.connect(open_server)
    try:
        found = await (await client.jetstream().object_store(BUCKET)).get("a page.zip")
        assert (found.data, found.info.size, found.info.chunks) == (bytes(200_000), 200_000, 2)
    finally:
        await client.close()
        await bus.close()


def test_bucket_has_limits() -> None:
    """The bucket has limits for size and age, and discards the oldest objects."""
    declared = stream("OBJ_snapshots").config
    assert (declared["max_bytes"], declared["max_age"], declared["discard"]) == (256 << 20, 30 * 86_400 * 10**9, "old")
