"""The topology command and the permissions of the users, on a real nats-server with the project's configuration."""

import subprocess
from collections.abc import Callable

import anyio
import pytest
from nats.aio.client import Client
from tests.nats_server import NatsServer
from tests.paths import SCRIPTS

from cinestream.bus import topology as declared
from cinestream.bus.jetstream import Bus
from cinestream.commands.streams import TopologySettings, declare
from cinestream.contracts import Envelope, Transient

pytestmark = pytest.mark.anyio


def run_topology(nats: NatsServer, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a process."""
    return subprocess.run(
        [SCRIPTS / "cinestream-topology"],
        env=nats.environment("topology") | environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_command_declares_everything_and_can_be_repeated(nats: NatsServer) -> None:
    """The first run creates every stream, the second one changes nothing, and both exit with 0."""
    first, second = run_topology(nats), run_topology(nats)
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert first.stderr.count("stream.created") == len(declared.STREAMS)
    assert "stream.created" not in second.stderr
    assert "stream.updated" not in second.stderr


def test_changed_limit_updates_the_stream(nats: NatsServer) -> None:
    """The setting for the size of a stream takes effect on an existing stream."""
    run_topology(nats)
    again = run_topology(nats, CINESTREAM_TOPOLOGY_MOVIES_BYTES=str(64 << 20))
    assert again.stderr.count("stream.updated") == 1
    assert "max_bytes" in again.stderr


async def test_declaring_again_keeps_stored_messages(topology: NatsServer, etl_bus: Bus) -> None:
    """A stream with messages still has them after it was declared again."""
    await etl_bus.publish("cinestream.movies.tt0000001", Envelope({}, b"x"))
    bus = await topology.connect("topology")
    await declare(bus, TopologySettings(topology_movies_bytes=64 << 20))
    await bus.close()
    assert (await etl_bus.stream_state("MOVIES")).messages == 1


@pytest.mark.parametrize(
    ("user", "subject"),
    [
        ("scraper", "cinestream.movies.tt0000001"),
        ("scraper", "$KV.director_stats.nm0000001"),
        ("scraper", "cinestream.dead.etl"),
        ("scraper", "cinestream.schedules.due.title.tt0000001"),
        ("scraper", "$JS.API.STREAM.DELETE.PAGES"),
        ("scraper", "$JS.API.STREAM.PURGE.REQUESTS"),
        ("scraper", "$JS.API.STREAM.PURGE.DEAD_LETTERS"),
        ("scraper", "$JS.API.STREAM.MSG.DELETE.PAGES"),
        ("scraper", "$JS.API.CONSUMER.CREATE.PAGES"),
        ("scraper", "$JS.API.CONSUMER.CREATE.OBJ_snapshots"),
        ("scraper", "$JS.API.STREAM.MSG.DELETE.OBJ_snapshots"),
        ("scraper", "$JS.API.STREAM.PURGE.OBJ_snapshots"),
        ("scraper", "$O.others.C.x"),
        ("scraper", "$JS.API.CONSUMER.MSG.NEXT.PAGES.etl"),
        ("etl", "cinestream.pages.imdb.chart.top"),
        ("etl", "cinestream.requests.now.title.tt0000001"),
        ("etl", "cinestream.dead.scraper"),
        ("etl", "$JS.API.STREAM.MSG.DELETE.PAGES"),
        ("etl", "$JS.API.DIRECT.GET.REQUESTS"),
        ("etl", "$JS.API.DIRECT.GET.OBJ_snapshots"),
        ("etl", "$O.snapshots.M.x"),
        ("etl", "$JS.API.STREAM.UPDATE.MOVIES"),
        ("etl", "$JS.API.STREAM.PURGE.MOVIES"),
        ("etl", "$JS.API.STREAM.MSG.DELETE.MOVIES"),
        ("etl", "$JS.API.CONSUMER.MSG.NEXT.REQUESTS.scraper-now"),
        ("stream-api", "cinestream.movies.tt0000001"),
        ("stream-api", "$KV.director_stats.nm0000001"),
        ("stream-api", "cinestream.live.movies.tt0000001"),
        ("stream-api", "$JS.API.CONSUMER.CREATE.MOVIES"),
        ("stream-api", "$JS.API.DIRECT.GET.PAGES"),
        ("stream-api", "$JS.API.STREAM.INFO.PAGES"),
        ("stream-api", "$JS.API.DIRECT.GET.OBJ_snapshots"),
        ("stream-api", "$JS.API.STREAM.MSG.DELETE.DEAD_LETTERS"),
        ("stream-api", "$JS.API.STREAM.PURGE.MOVIES"),
        ("trakt-export", "cinestream.requests.now.title.tt0000001"),
        ("trakt-export", "cinestream.requests.crawl.chart.top"),
        ("trakt-export", "cinestream.movies.tt0000001"),
        ("trakt-export", "$JS.API.DIRECT.GET.MOVIES"),
        ("trakt-export", "$JS.API.STREAM.PURGE.REQUESTS"),
        ("takedown", "$JS.API.STREAM.PURGE.PAGES"),
        ("takedown", "$JS.API.STREAM.DELETE.MOVIES"),
        ("takedown", "$JS.API.STREAM.UPDATE.MOVIES"),
        ("takedown", "$JS.API.DIRECT.GET.MOVIES"),
        ("takedown", "$JS.API.STREAM.MSG.DELETE.MOVIES"),
        ("takedown", "cinestream.pages.imdb.title.tt0000001"),
        ("takedown", "cinestream.requests.now.title.tt0000001"),
        ("topology", "$JS.API.STREAM.DELETE.MOVIES"),
        ("topology", "$JS.API.STREAM.PURGE.MOVIES"),
        ("topology", "cinestream.movies.tt0000001"),
        ("topology", "$JS.API.DIRECT.GET.MOVIES"),
    ],
)
async def test_user_may_not_publish_on_other_subjects(topology: NatsServer, user: str, subject: str) -> None:
    """The server reports a permissions violation for a subject that the user does not need."""
    assert "permissions violation for publish" in (await refusal(topology, user, publish=subject)).lower()


@pytest.mark.parametrize(
    ("user", "subject"),
    [
        ("scraper", "cinestream.>"),
        ("scraper", "_INBOX_etl.>"),
        ("etl", "cinestream.live.movies.*"),
        ("etl", "_INBOX_topology.>"),
        ("stream-api", "cinestream.pages.>"),
        ("stream-api", "_INBOX.>"),
        ("stream-api", "$JS.EVENT.>"),
        ("trakt-export", "cinestream.live.movies.*"),
        ("trakt-export", "_INBOX_scraper.>"),
        ("takedown", "cinestream.live.movies.*"),
        ("takedown", "_INBOX_stream-api.>"),
        ("topology", "cinestream.>"),
    ],
)
async def test_user_may_not_subscribe_to_other_subjects(topology: NatsServer, user: str, subject: str) -> None:
    """The server reports a permissions violation for a subscription that the user does not need."""
    assert "permissions violation for subscription" in (await refusal(topology, user, subscribe=subject)).lower()


async def refusal(nats: NatsServer, user: str, *, publish: str = "", subscribe: str = "") -> str:
    """Return the error that the server reports for one publish or one subscription."""
    errors: list[str] = []
    refused = anyio.Event()

    async def on_error(error: Exception) -> None:
        errors.append(str(error))
        refused.set()

    client = Client()
    await client.connect(nats.url, user=user, password=nats.passwords[user], error_cb=on_error)
    try:
        if publish:
            await client.publish(publish, b"{}")
        else:
            await client.subscribe(subscribe)
        with anyio.fail_after(60):
            await refused.wait()
    finally:
        await client.close()
    return "".join(errors)


async def test_wrong_password_is_refused(nats: NatsServer) -> None:
    """The server refuses a connection without a user of the configuration."""
    # Plain protocol (https://docs.nats.io/reference/reference-protocols/nats-protocol): nats-py hides the response.
    stream = await anyio.connect_tcp("127.0.0.1", nats.port)
    async with stream:
        await stream.send(b'CONNECT {"user":"etl","pass":"wrong","verbose":false,"pedantic":false}\r\nPING\r\n')
        received = b""
        with anyio.fail_after(60):
            while b"-ERR" not in received:
                received += await stream.receive()
    assert b"Authorization Violation" in received


async def test_all_full_streams_fit_into_the_store(nats: NatsServer) -> None:
    """The sizes of all streams together are below the limit of the store in nats.conf."""
    assert sum(stream.max_bytes for stream in declared.STREAMS) < 16 << 30


async def test_missing_response_is_transient(topology: NatsServer, impatient: Callable[[], None]) -> None:
    """A request raises Transient after the server is gone, instead of waiting forever."""
    bus = await topology.connect("etl")
    impatient()
    topology.kill()
    with pytest.raises(Transient):
        await bus.last_message("MOVIES", "cinestream.movies.tt0000001")
    await bus.close()
