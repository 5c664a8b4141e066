"""The request API and the command `status`, on a real nats-server and real HTTP, without a browser."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime

import anyio.to_thread
import httpx2
import orjson
import pytest
from nats.aio.client import Client
from tests.main_function import invoke
from tests.nats_server import NatsServer
from tests.ports import free_port
from tests.scraper.sites import CannedResponse, hand_made_site

from cinestream.bus.jetstream import Bus, PermissionDenied
from cinestream.bus.topology import REQUESTS
from cinestream.contracts import Invalid, Kind, Lane, Outcome, RawPage, ScrapeRequest, Transient
from cinestream.contracts.subjects import ASK_SCRAPER
from cinestream_scraper.__main__ import main
from cinestream_scraper.crawl import schedule
from cinestream_scraper.politeness.host import Host
from cinestream_scraper.seeds import parse_seeds
from cinestream_scraper.service.api_request import ApiRequest
from cinestream_scraper.service.request_api import SERVICE, VERSION, RequestApi
from cinestream_scraper.settings import ScraperSettings

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def offered(
    bus: Bus, *, robots: str = "", pause: float = 0, holds: threading.Event | None = None
) -> AsyncIterator[None]:
    """Serve the request API of a scraper whose site has this robots.txt, or is paused."""
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


async def answer_to(bus: Bus, question: bytes) -> tuple[str, str]:
    """Send a request. Return the answer and its reason."""
    answer = orjson.loads(await bus.request(ASK_SCRAPER, question))
    return answer["answer"], answer["why"]


async def store_fresh(bus: Bus, id: str, kind: Kind = Kind.TITLE) -> None:
    """Store that a page was just read and is missing."""
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


async def test_each_request_gets_its_answer(scraper_bus: Bus) -> None:
    """The answers are queued, already queued, fresh, and refused with the rule that forbids it."""
    await store_fresh(scraper_bus, "tt0000002")
    async with offered(scraper_bus, robots="User-agent: *\nDisallow: /title/tt0000666/\n"):
        assert await answer_to(scraper_bus, b"tt0000001") == ("queued", "")
        assert (await answer_to(scraper_bus, b"tt0000001"))[0] == "already queued"
        answer, why = await answer_to(scraper_bus, b"tt0000002")
        assert (answer, why.startswith("read ")) == ("fresh", True)
        assert (await answer_to(scraper_bus, b'{"target":"tt0000002","force":true,"lane":"crawl"}'))[0] == "queued"
        answer, why = await answer_to(scraper_bus, b"tt0000666")
        assert (answer, "robots.txt" in why) == ("refused", True)
        assert (await answer_to(scraper_bus, b"matrix"))[0] == "refused"
        assert (await answer_to(scraper_bus, b'{"target":"chart:top","limit":0}'))[0] == "refused"
    assert (await scraper_bus.consumer_state("REQUESTS", "scraper-now")).pending == 1
    assert (await scraper_bus.consumer_state("REQUESTS", "scraper-crawl")).pending == 1


async def test_the_answer_states_what_the_queued_request_lacks(scraper_bus: Bus) -> None:
    """The queue holds one request per target, the first one: its options apply."""
    async with offered(scraper_bus):
        await answer_to(scraper_bus, b'{"target":"chart:top","limit":5}')
        await answer_to(scraper_bus, b'{"target":"tt0000001","limit":5}')
        assert await answer_to(scraper_bus, b'{"target":"chart:top","limit":5}') == ("already queued", "")
        again = "ask again when it is read"
        assert await answer_to(scraper_bus, b"chart:top") == ("already queued", f"with limit 5: {again}")
        assert await answer_to(scraper_bus, b"tt0000001") == ("already queued", "")
        more = b'{"target":"tt0000001","depth":2,"force":true}'
        assert await answer_to(scraper_bus, more) == ("already queued", f"with limit 5, depth 0, not forced: {again}")


async def enqueue(nats: NatsServer, *arguments: str) -> tuple[int, list[str]]:
    """Run `enqueue`. Return its exit code and its output."""
    environment = nats.environment("scraper")
    result = await anyio.to_thread.run_sync(lambda: invoke(main, ["enqueue", *arguments], environment))
    return result.exit_code, result.stdout.splitlines()


@pytest.mark.parametrize("runs", [True, False])
async def test_enqueue_prints_the_answer_for_each_target(topology: NatsServer, scraper_bus: Bus, runs: bool) -> None:
    """It does so with and without a running scraper. Only a running scraper reads robots.txt."""
    await store_fresh(scraper_bus, "tt0000002")
    targets = ("tt0000001", "https://www.imdb.com/title/tt0000001/", "tt0000002", "tt0000666")
    async with offered(scraper_bus, robots="User-agent: *\nDisallow: /title/tt0000666/\n") if runs else nullcontext():
        code, lines = await enqueue(topology, *targets)
        foreign = await enqueue(topology, "https://films.example/title/tt0000003/")
    assert lines[:2] == [f"{targets[0]}: queued", f"{targets[1]}: already queued"]
    assert lines[2].startswith("tt0000002: fresh (read ")
    assert lines[3].startswith("tt0000666: refused (robots.txt forbids" if runs else "tt0000666: queued")
    assert code == int(runs)
    assert (foreign[0], "refused" in foreign[1][0], "not allowed" in foreign[1][0]) == (1, True, True)


async def test_a_request_that_leads_to_other_titles_is_queued_even_if_fresh(scraper_bus: Bus) -> None:
    """The titles that a page leads to may be stale, or more than were wanted before."""
    await store_fresh(scraper_bus, "tt0000002")
    await store_fresh(scraper_bus, "top", Kind.CHART)
    async with offered(scraper_bus):
        assert (await answer_to(scraper_bus, b'{"target":"tt0000002","depth":1}'))[0] == "queued"
        assert (await answer_to(scraper_bus, b"chart:top"))[0] == "queued"


async def test_the_answer_states_that_the_site_is_paused(scraper_bus: Bus) -> None:
    """The request is queued all the same."""
    async with offered(scraper_bus, pause=60):
        answer, why = await answer_to(scraper_bus, b"tt0000001")
    assert answer == "queued"
    assert "challenge" in why


async def test_the_answer_does_not_wait_for_a_site_that_is_away(scraper_bus: Bus) -> None:
    """The request is queued, and checked against robots.txt later."""
    held = threading.Event()
    async with offered(scraper_bus, holds=held):
        try:
            answer = orjson.loads(await scraper_bus.request(ASK_SCRAPER, b"tt0000001", wait=40))
        finally:
            held.set()
    assert (answer["answer"], "not sent its robots.txt yet" in answer["why"]) == ("queued", True)


async def test_the_answer_does_not_wait_for_a_queue_that_cannot_be_read(topology: NatsServer) -> None:
    """The answer is "already queued", because only its details are read from the queue."""
    bus = await topology.connect("trakt-export")  # this user may queue titles, and read nothing of the queue
    question = ApiRequest(target="tt0000001", lane=Lane.CRAWL, force=True)
    subject = ScrapeRequest.of(question.target).subject
    try:
        async with httpx2.AsyncClient() as client:
            settings = ScraperSettings(scraper_obey_robots=False)
            asking = RequestApi(settings, bus, Host(settings, client))
            assert (await asking.decide(question))[0] == "queued"
            with pytest.raises(PermissionDenied):
                await bus.last_message(REQUESTS, subject)
            assert await asking.decide(question) == ("already queued", "")
    finally:
        await bus.close()


@pytest.mark.parametrize("question", [b"{", b'{"id":"tt0000001"}', b'{"target":1}', b"\xff"])
async def test_a_body_that_is_no_request_is_an_error_of_the_client(scraper_bus: Bus, question: bytes) -> None:
    """The service answers with error 400 and the faulty field, and continues."""
    async with offered(scraper_bus):
        with pytest.raises(
            Invalid, match="not a request: .+" if b"target" not in question else "not a request: target: "
        ):
            await scraper_bus.request(ASK_SCRAPER, question)
        assert (await answer_to(scraper_bus, b"tt0000001"))[0] == "queued"


async def test_an_ended_service_does_not_answer(scraper_bus: Bus) -> None:
    """A client then gets an error at once."""
    async with offered(scraper_bus):
        pass
    with pytest.raises(Transient):
        await scraper_bus.request(ASK_SCRAPER, b"tt0000001")


async def test_the_service_is_found_by_discovery(topology: NatsServer, scraper_bus: Bus) -> None:
    """It answers PING and INFO of NATS ADR-32 in the shape that `nats micro ls` needs."""
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


async def test_an_offered_service_answers_at_once(topology: NatsServer, scraper_bus: Bus) -> None:
    """The server knows the service as soon as it is offered, for clients of any connection."""
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


async def test_status_prints_what_is_left(topology: NatsServer, scraper_bus: Bus) -> None:
    """It prints queues, pages, schedules and dead letters, and that no scraper runs."""
    await schedule.plant(scraper_bus, parse_seeds("tt0111161@1h,tt0068646"))
    pull = await scraper_bus.pull("REQUESTS", "scraper-crawl")
    await pull.fetch(1, wait=2)
    environment = topology.environment("scraper") | {"CINESTREAM_OPS_PORT": str(free_port())}

    async def enqueue(*arguments: str) -> str:
        result = await anyio.to_thread.run_sync(lambda: invoke(main, ["status", *arguments], environment))
        assert result.exit_code == 0, result.output
        return result.stdout

    text = await enqueue()
    assert "lane crawl: 1 waiting, 1 being read or waiting for a retry" in text
    assert "schedule: tt0111161 every 1h" in text
    assert "no response from" in text
    facts = orjson.loads(await enqueue("--json"))
    assert (facts["waiting"], facts["pages"], facts["dead_letters"]) == ({"now": 0, "crawl": 1}, 0, 0)


async def test_status_prints_what_the_running_scraper_reports(topology: NatsServer) -> None:
    """It prints that a host is paused, and how many rows lists did not show."""
    with hand_made_site() as ops:
        ops.answers["/readyz"] = CannedResponse('{"status":"ready","degraded":["a pause"]}')
        ops.answers["/metrics"] = CannedResponse("# HELP x\ncinestream_scraper_rows_missing_total 1200.0\n")
        environment = topology.environment("scraper") | {"CINESTREAM_OPS_PORT": ops.url.rpartition(":")[2]}
        result = await anyio.to_thread.run_sync(lambda: invoke(main, ["status"], environment))
    assert result.stdout.splitlines()[-3:] == [
        f"scraper: ready ({ops.url}/readyz)",
        "  a pause",
        "  1,200 rows of lists and searches were not shown",
    ]
