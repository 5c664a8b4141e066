"""The scraper's micro service and its status, on a real nats-server and real HTTP, without a browser."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime

import anyio.to_thread
import httpx2
import orjson
import pytest
from nats.aio.client import Client
from tests.nats_server import NatsServer
from tests.ports import free_port
from tests.scraper.sites import CannedResponse, hand_made_site
from typer.testing import CliRunner

from cinestream.bus.jetstream import Bus
from cinestream.bus.topology import REQUESTS
from cinestream.contracts import Invalid, Kind, Lane, Outcome, RawPage, ScrapeRequest, Transient
from cinestream.contracts.subjects import ASK_SCRAPER
from cinestream_scraper.cli.app import app
from cinestream_scraper.crawl import schedule
from cinestream_scraper.politeness.host import Host
from cinestream_scraper.seeds import parse_seeds
from cinestream_scraper.service.request_api import SERVICE, VERSION, ApiRequest, RequestApi
from cinestream_scraper.settings import ScraperSettings

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def offered(
    bus: Bus, *, robots: str = "", pause: float = 0, holds: threading.Event | None = None
) -> AsyncIterator[None]:
    """The micro service of a scraper whose site has this robots.txt, or is left alone."""
    with hand_made_site() as site:
        site.answers["/robots.txt"] = CannedResponse(robots, holds=holds)
        settings = ScraperSettings(imdb_url=site.url, scraper_rate=0)
        async with httpx2.AsyncClient(timeout=None) as client:
            host = Host(settings, client)
            if pause:
                host.backoff.record_refusal(pause, "challenge")
            answer = RequestApi(settings, bus, host).answer
            async with bus.serve(SERVICE, ASK_SCRAPER, answer, version=VERSION, about="a test's"):
                yield


async def asked(bus: Bus, question: bytes) -> tuple[str, str]:
    """The answer, and why."""
    said = orjson.loads(await bus.request(ASK_SCRAPER, question))
    return said["answer"], said["why"]


async def store_fresh(bus: Bus, id: str, kind: Kind = Kind.TITLE) -> None:
    """Store that a page was looked for just now, and is not there."""
    url = f"http://x/{kind}/{id}/"
    stored = RawPage(
        kind=kind,
        id=id,
        outcome=Outcome.NOT_FOUND,
        url=url,
        final_url=url,
        status=404,
        fetched_at=datetime.now(UTC),
    )
    await bus.publish(stored.subject, stored.encode())


async def test_who_asks_is_told_what_becomes_of_it(scraper_bus: Bus) -> None:
    """Queued, queued already, fresh, or refused with the rule that forbids it."""
    await store_fresh(scraper_bus, "tt0000002")
    async with offered(scraper_bus, robots="User-agent: *\nDisallow: /title/tt0000666/\n"):
        assert await asked(scraper_bus, b"tt0000001") == ("queued", "")
        assert (await asked(scraper_bus, b"tt0000001"))[0] == "already queued"
        answer, why = await asked(scraper_bus, b"tt0000002")
        assert (answer, why.startswith("read ")) == ("fresh", True)
        assert (await asked(scraper_bus, b'{"target":"tt0000002","force":true,"lane":"crawl"}'))[0] == "queued"
        answer, why = await asked(scraper_bus, b"tt0000666")
        assert (answer, "robots.txt" in why) == ("refused", True)
        assert (await asked(scraper_bus, b"matrix"))[0] == "refused"
        assert (await asked(scraper_bus, b'{"target":"chart:top","limit":0}'))[0] == "refused"
    assert (await scraper_bus.consumer_state("REQUESTS", "scraper-now")).pending == 1
    assert (await scraper_bus.consumer_state("REQUESTS", "scraper-crawl")).pending == 1


async def test_who_asks_for_more_than_is_queued_is_told(scraper_bus: Bus) -> None:
    """The queue holds one request of a target, which is the first: its options count."""
    async with offered(scraper_bus):
        await asked(scraper_bus, b'{"target":"chart:top","limit":5}')
        await asked(scraper_bus, b'{"target":"tt0000001","limit":5}')
        assert await asked(scraper_bus, b'{"target":"chart:top","limit":5}') == ("already queued", "")
        again = "ask again when it is read"
        assert await asked(scraper_bus, b"chart:top") == ("already queued", f"with limit 5: {again}")
        assert await asked(scraper_bus, b"tt0000001") == ("already queued", "")
        more = b'{"target":"tt0000001","depth":2,"force":true}'
        assert await asked(scraper_bus, more) == ("already queued", f"with limit 5, depth 0, not forced: {again}")


async def said(nats: NatsServer, *arguments: str) -> tuple[int, list[str]]:
    """What `enqueue` exits with and says."""
    environment = nats.environment("scraper")
    result = await anyio.to_thread.run_sync(lambda: CliRunner().invoke(app, ["enqueue", *arguments], env=environment))
    return result.exit_code, result.stdout.splitlines()


@pytest.mark.parametrize("runs", [True, False])
async def test_enqueue_says_what_becomes_of_each_target(topology: NatsServer, scraper_bus: Bus, runs: bool) -> None:
    """Whether a scraper runs or not; robots.txt is asked for by the one that runs only."""
    await store_fresh(scraper_bus, "tt0000002")
    targets = ("tt0000001", "https://www.imdb.com/title/tt0000001/", "tt0000002", "tt0000666")
    async with offered(scraper_bus, robots="User-agent: *\nDisallow: /title/tt0000666/\n") if runs else nullcontext():
        code, lines = await said(topology, *targets)
        foreign = await said(topology, "https://films.example/title/tt0000003/")
    assert lines[:2] == [f"{targets[0]}: queued", f"{targets[1]}: already queued"]
    assert lines[2].startswith("tt0000002: fresh (read ")
    assert lines[3].startswith("tt0000666: refused (robots.txt forbids" if runs else "tt0000666: queued")
    assert code == int(runs)
    assert (foreign[0], "refused" in foreign[1][0], "not allowed" in foreign[1][0]) == (1, True, True)


async def test_what_leads_to_others_is_queued_though_it_is_fresh(scraper_bus: Bus) -> None:
    """What is like a title, and the titles of a chart, may be stale, or more than were asked for before."""
    await store_fresh(scraper_bus, "tt0000002")
    await store_fresh(scraper_bus, "top", Kind.CHART)
    async with offered(scraper_bus):
        assert (await asked(scraper_bus, b'{"target":"tt0000002","depth":1}'))[0] == "queued"
        assert (await asked(scraper_bus, b"chart:top"))[0] == "queued"


async def test_what_waits_for_a_paused_site_is_told_so(scraper_bus: Bus) -> None:
    """It is queued all the same."""
    async with offered(scraper_bus, pause=60):
        answer, why = await asked(scraper_bus, b"tt0000001")
    assert answer == "queued"
    assert "challenge" in why


async def test_who_asks_does_not_wait_for_a_site_that_does_not_answer(scraper_bus: Bus) -> None:
    """What may be forbidden is queued, where it is found out."""
    held = threading.Event()
    async with offered(scraper_bus, holds=held):
        try:
            said = orjson.loads(await scraper_bus.request(ASK_SCRAPER, b"tt0000001", wait=40))
        finally:
            held.set()
    assert (said["answer"], "not sent its robots.txt yet" in said["why"]) == ("queued", True)


async def test_who_asks_does_not_wait_for_a_queue_that_may_not_be_read(topology: NatsServer) -> None:
    """That a target is queued already is said before the bus gives up, and whoever asks with it."""
    bus = await topology.connect("trakt-export")  # this user may queue titles, and read nothing of the queue
    question = ApiRequest(target="tt0000001", lane=Lane.CRAWL, force=True)
    subject = ScrapeRequest.of(question.target).subject
    try:
        async with httpx2.AsyncClient() as client, anyio.create_task_group() as group:
            settings = ScraperSettings(scraper_obey_robots=False)
            asking = RequestApi(settings, bus, Host(settings, client))
            assert (await asking.decide(question))[0] == "queued"
            group.start_soon(bus.last_message, REQUESTS, subject)  # it fails when the bus gives up, and the test
            assert await asking.decide(question) == ("already queued", "")
            group.cancel_scope.cancel()
    finally:
        await bus.close()


@pytest.mark.parametrize("question", [b"{", b'{"id":"tt0000001"}', b'{"target":1}', b"\xff"])
async def test_what_is_no_question_is_an_error_of_the_asker(scraper_bus: Bus, question: bytes) -> None:
    """The service says so with the error 400, and where it is wrong, and goes on."""
    async with offered(scraper_bus):
        with pytest.raises(
            Invalid, match="not a request: .+" if b"target" not in question else "not a request: target: "
        ):
            await scraper_bus.request(ASK_SCRAPER, question)
        assert (await asked(scraper_bus, b"tt0000001"))[0] == "queued"


async def test_nobody_answers_after_its_end(scraper_bus: Bus) -> None:
    """Who asks then learns it at once."""
    async with offered(scraper_bus):
        pass
    with pytest.raises(Transient):
        await scraper_bus.request(ASK_SCRAPER, b"tt0000001")


async def test_the_service_is_found_by_discovery(topology: NatsServer, scraper_bus: Bus) -> None:
    """It answers PING and INFO of NATS ADR-32: the second is what `nats micro ls` asks, and takes no other shape."""
    client = Client()
    user = {"user": "scraper", "password": topology.passwords["scraper"], "inbox_prefix": b"_INBOX_scraper"}
    await client.connect(topology.url, **user)  # type: ignore[arg-type]
    try:
        async with offered(scraper_bus):
            ping = orjson.loads((await client.request("$SRV.PING", b"", timeout=30)).data)
            info = orjson.loads((await client.request("$SRV.INFO", b"", timeout=30)).data)
    finally:
        await client.close()
    assert ping["name"] == info["name"] == SERVICE
    assert info["type"] == "io.nats.micro.v1.info_response"
    assert {type(info[field]) for field in ("id", "version", "description")} == {str}
    assert [info["metadata"], *(endpoint["metadata"] for endpoint in info["endpoints"])] == [{}, {}]
    assert [endpoint["subject"] for endpoint in info["endpoints"]] == [ASK_SCRAPER]


async def test_a_service_that_was_offered_answers_at_once(topology: NatsServer, scraper_bus: Bus) -> None:
    """The server knows of it, whoever asks over whichever connection."""
    other = await topology.connect("scraper")
    try:
        for _ in range(100):
            async with scraper_bus.serve(SERVICE, ASK_SCRAPER, echo, version=VERSION, about="a test's"):
                await other.request("$SRV.PING.cinestream-scraper", b"", wait=30)
                assert await other.request(ASK_SCRAPER, b"x", wait=30) == b"x"
    finally:
        await other.close()


async def echo(body: bytes) -> bytes:
    """Return the request."""
    return body


async def test_status_says_what_is_left(topology: NatsServer, scraper_bus: Bus) -> None:
    """Queues, pages, schedules and dead letters, and that no scraper runs here."""
    await schedule.plant(scraper_bus, parse_seeds("tt0111161@1h,tt0068646"))
    pull = await scraper_bus.pull("REQUESTS", "scraper-crawl")
    await pull.fetch(1, wait=2)
    environment = topology.environment("scraper") | {"CINESTREAM_OPS_PORT": str(free_port())}

    async def said(*arguments: str) -> str:
        result = await anyio.to_thread.run_sync(
            lambda: CliRunner().invoke(app, ["status", *arguments], env=environment)
        )
        assert result.exit_code == 0, result.output
        return result.stdout

    text = await said()
    assert "lane crawl: 1 waiting, 1 in hand" in text
    assert "schedule: title.tt0111161 @every 3600s" in text
    assert "none answers at" in text
    facts = orjson.loads(await said("--json"))
    assert (facts["waiting"], facts["pages"], facts["dead_letters"]) == ({"now": 0, "crawl": 1}, 0, 0)


async def test_status_says_what_the_running_scraper_says(topology: NatsServer) -> None:
    """That a host is left alone, and that lists did not show all their rows."""
    with hand_made_site() as ops:
        ops.answers["/readyz"] = CannedResponse('{"status":"ready","degraded":["a pause"]}')
        ops.answers["/metrics"] = CannedResponse("# HELP x\ncinestream_scraper_rows_missing_total 1200.0\n")
        environment = topology.environment("scraper") | {"CINESTREAM_OPS_PORT": ops.url.rpartition(":")[2]}
        result = await anyio.to_thread.run_sync(lambda: CliRunner().invoke(app, ["status"], env=environment))
    assert result.stdout.splitlines()[-3:] == [
        f"scraper: ready ({ops.url}/readyz)",
        "  a pause",
        "  1,200 rows of lists and searches were not shown",
    ]
