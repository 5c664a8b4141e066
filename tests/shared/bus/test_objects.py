"""Objects in a bucket on a real nats-server, with no more rights than the scraper has."""

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
async def test_an_object_comes_back_byte_for_byte(scraper_bus: Bus, size: int) -> None:
    """Whatever its size; and another one beside it changes nothing."""
    body = bytes(range(256)) * (size // 256 + 1)
    await objects.put(scraper_bus, BUCKET, "a page.zip", body[:size])
    await objects.put(scraper_bus, BUCKET, "b", b"other")
    assert await objects.get(scraper_bus, BUCKET, "a page.zip") == body[:size]
    assert await objects.get(scraper_bus, BUCKET, "b") == b"other"


async def test_the_newest_object_of_a_name_counts(scraper_bus: Bus) -> None:
    """Who writes again replaces it."""
    for body in (b"first", b"second"):
        await objects.put(scraper_bus, BUCKET, "a", body)
    assert await objects.get(scraper_bus, BUCKET, "a") == b"second"


async def test_what_is_not_there_is_none(topology: NatsServer, scraper_bus: Bus) -> None:
    """Neither an object that never was, nor one whose chunks have gone before the rest."""
    assert await objects.get(scraper_bus, BUCKET, "a") is None
    await objects.put(scraper_bus, BUCKET, "a", bytes(300_000))
    admin = await topology.connect("topology")
    info = await admin.declare("STREAM.INFO.OBJ_snapshots", {})
    await admin.declare("STREAM.UPDATE.OBJ_snapshots", {**info["config"], "max_msgs": 3})
    await admin.close()
    assert await objects.get(scraper_bus, BUCKET, "a") is None


async def test_a_damaged_object_is_told(scraper_bus: Bus) -> None:
    """What is not what was written is never handed out."""
    await objects.put(scraper_bus, BUCKET, "a", b"x")
    (chunk,) = await scraper_bus.read("OBJ_snapshots", start=1, limit=1, subject="$O.snapshots.C.>")
    await scraper_bus.publish(chunk.subject, Envelope({}, b"y"))
    with pytest.raises(Invalid, match="damaged"):
        await objects.get(scraper_bus, BUCKET, "a")


@pytest.fixture
def open_server(tmp_path: Path) -> Iterator[str]:
    """A nats-server without users, where the common client may do all that it wants to."""
    port = free_port()
    command = [str(SCRIPTS / "nats-server"), "-js", "-sd", str(tmp_path), "-a", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        yield f"nats://127.0.0.1:{port}"
        process.kill()


@pytest.mark.process
async def test_the_common_client_reads_the_object(open_server: str) -> None:
    """What is written is an object store as NATS tools know it."""
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


def test_the_bucket_is_bounded() -> None:
    """In bytes and in age; the newest stay."""
    declared = stream("OBJ_snapshots").config
    assert (declared["max_bytes"], declared["max_age"], declared["discard"]) == (256 << 20, 30 * 86_400 * 10**9, "old")
