"""Missing permissions and wrong logins on a real nats-server: the error names the user, the subject and the cure."""

import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from structlog.testing import capture_logs
from tests.nats_server import NatsServer
from tests.paths import SCRIPTS
from tests.ports import free_port

from cinestream.bus.jetstream import Bus, PermissionDenied
from cinestream.contracts import Envelope

pytestmark = pytest.mark.anyio


@pytest.fixture
async def takedown(topology: NatsServer) -> AsyncIterator[Bus]:
    """Connect with the permissions of `takedown`, which are few."""
    bus = await topology.connect("takedown")
    yield bus
    await bus.close()


@pytest.mark.parametrize(
    ("use", "subject"),
    [
        (lambda bus: bus.stream_state("PAGES"), "$JS.API.STREAM.INFO.PAGES"),
        (lambda bus: bus.publish("cinestream.pages.imdb.title.tt1", Envelope({}, b"x")), "cinestream.pages.imdb"),
        (
            lambda bus: bus.last_message("PAGES", "cinestream.pages.a.b"),
            "$JS.API.DIRECT.GET.PAGES.cinestream.pages.a.b",
        ),
        (lambda bus: bus.read("PAGES", start=1, limit=5), "$JS.API.DIRECT.GET.PAGES:"),
        (lambda bus: bus.request("cinestream.ask.scraper.scrape", b""), "cinestream.ask.scraper.scrape"),
    ],
    ids=["api", "publish", "direct get", "batch", "micro service"],
)
async def test_a_missing_permission_is_named_at_once(takedown: Bus, use: object, subject: str) -> None:
    """Every kind of request fails long before its timeout, and other requests on the connection still work."""
    started = time.monotonic()
    with pytest.raises(PermissionDenied, match="the NATS user takedown may not publish to ") as denied:
        await use(takedown)  # type: ignore[operator]
    assert time.monotonic() - started < 4
    assert subject in f"{denied.value}:"
    assert "CINESTREAM_NATS_USER" in str(denied.value)
    assert await takedown.last_message("MOVIES", "cinestream.movies.tt0000001") is None


async def test_only_the_requests_to_the_refused_subject_fail(takedown: Bus) -> None:
    """Two requests to a forbidden subject fail, and one to a permitted subject beside them gets its answer."""
    denied: list[PermissionDenied] = []
    found: list[object] = []

    async def forbidden() -> None:
        with pytest.raises(PermissionDenied) as error:
            await takedown.stream_state("MOVIES")
        denied.append(error.value)

    async with anyio.create_task_group() as group:
        group.start_soon(forbidden)
        group.start_soon(forbidden)
        found.append(await takedown.last_message("MOVIES", "cinestream.movies.tt0000001"))
    assert (len(denied), found) == (2, [None])


@pytest.fixture
def strict_server(tmp_path: Path) -> Iterator[str]:
    """Start a nats-server whose only user may publish everything, and subscribe to nothing of its own."""
    configuration = tmp_path / "nats.conf"
    permissions = 'permissions {publish: ">", subscribe: "other.>"}'
    configuration.write_text(f"authorization {{users: [{{user: etl, password: secret, {permissions}}}]}}\n")
    port = free_port()
    command = [str(SCRIPTS / "nats-server"), "-c", str(configuration), "-a", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        yield f"nats://127.0.0.1:{port}"
        process.kill()


@pytest.mark.process
async def test_a_user_that_may_not_receive_answers_is_named(strict_server: str) -> None:
    """A user whose inbox is forbidden learns so at the first request, and again at the next."""
    bus = await Bus.connect(strict_server, name="test", user="etl", password="secret", timeout=None)
    for _ in range(2):
        with pytest.raises(PermissionDenied, match=r"etl may not subscribe to _INBOX_etl\."):
            await bus.request("some.subject", b"")
    await bus.close()


async def test_a_message_without_an_answer_is_logged_when_it_is_refused(takedown: Bus) -> None:
    """A pull and a subscription that the user may not make are errors in the log, with the subject as it is spelled."""
    with capture_logs() as logs:
        pull = await takedown.pull("PAGES", "etl")
        with anyio.move_on_after(0.2):
            await pull.fetch(1, wait=0.1)
        await takedown.subscribe("cinestream.live.movies.*", lambda headers, body: None)
        await takedown.last_message("MOVIES", "cinestream.movies.tt0000001")
    refused = {
        (line["action"], line["subject"], line["user"]) for line in logs if line["event"] == "bus.permission_denied"
    }
    assert refused == {
        ("publish", "$JS.API.CONSUMER.MSG.NEXT.PAGES.etl", "takedown"),
        ("subscription", "cinestream.live.movies.*", "takedown"),
    }


@pytest.mark.parametrize(
    ("user", "text"),
    [("etl", "refuses the login of etl: set CINESTREAM_NATS_USER"), ("", "needs a login: set CINESTREAM_NATS_USER")],
)
async def test_a_wrong_login_is_named_at_once(nats: NatsServer, user: str, text: str) -> None:
    """A wrong password, and none at all, fail long before the timeout and are not called an absent server."""
    started = time.monotonic()
    with pytest.raises(PermissionDenied, match=text):
        await Bus.connect(nats.url, name="test", user=user, password="wrong", timeout=10)
    assert time.monotonic() - started < 5


async def test_a_service_waits_for_its_login(nats: NatsServer) -> None:
    """Without a timeout the connection is made when the server gets the user's password."""
    renewed = replace(nats, passwords={**nats.passwords, "etl": "p0000"}, process=None)
    buses: list[Bus] = []

    async def connect() -> None:
        buses.append(await Bus.connect(nats.url, name="test", user="etl", password="p0000"))

    with anyio.fail_after(60), capture_logs() as logs:
        async with anyio.create_task_group() as group:
            group.start_soon(connect)
            while not any("refuses the login" in str(line.get("reason")) for line in logs):
                await anyio.sleep(0.01)
            nats.kill()
            await anyio.to_thread.run_sync(renewed.start)
    await buses[0].close()
    renewed.kill()
