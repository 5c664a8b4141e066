"""The parts of the scraper that need no browser, on a real nats-server and real HTTP."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import anyio
import httpx2
import pytest
from tests.nats_server import NatsServer
from tests.scraper.page_samples import MORE, list_page, title_page
from tests.scraper.sites import CannedResponse, hand_made_site

from cinestream.bus.jetstream import Bus, Delivery
from cinestream.contracts import Envelope, Invalid, Kind, Lane, Outcome, RawPage, ScrapeRequest, Transient
from cinestream_scraper.browser.errors import BrowserUnavailable
from cinestream_scraper.browser.pool import SessionPool
from cinestream_scraper.browser.session import BrowserSession
from cinestream_scraper.crawl import backlog as backlog_module
from cinestream_scraper.crawl import schedule
from cinestream_scraper.crawl.backlog import Backlog
from cinestream_scraper.crawl.pipeline import Pipeline
from cinestream_scraper.politeness.host import Host
from cinestream_scraper.seeds import parse_seeds
from cinestream_scraper.service.gated_pull import GatedPull
from cinestream_scraper.settings import ScraperSettings

pytestmark = pytest.mark.anyio
EVERY = "cinestream.schedules.every.title.tt0111161"


def no_browser(name: str) -> BrowserSession:
    """Refuse to open a session."""
    raise BrowserUnavailable(f"session {name} was opened")


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """Yield a client for robots.txt."""
    async with httpx2.AsyncClient() as client:
        yield client


def pipeline(bus: Bus, client: httpx2.AsyncClient, **changes: object) -> Pipeline:
    """Return a pipeline without a browser."""
    settings = ScraperSettings(scraper_rate=0, scraper_obey_robots=False, **changes)  # type: ignore[arg-type]
    return Pipeline(settings, bus, SessionPool(no_browser, deadline=1), Host(settings, client))


async def taken(bus: Bus, request: ScrapeRequest) -> Delivery:
    """Queue a request and take it from the queue."""
    await bus.publish(request.subject, request.encode())
    pull = await bus.pull("REQUESTS", f"scraper-{request.lane}")
    (delivery,) = await pull.fetch(1, wait=30)
    return delivery


def page(read_at: datetime, outcome: Outcome = Outcome.FILM) -> RawPage:
    """Return a page as it is stored."""
    url = "http://127.0.0.1:8080/title/tt0111161/"
    return RawPage(
        kind=Kind.TITLE,
        id="tt0111161",
        outcome=outcome,
        url=url,
        final_url=url,
        status=200,
        fetched_at=read_at,
        html="<html></html>" if outcome is Outcome.FILM else "",
    )


@pytest.mark.parametrize("outcome", [Outcome.FILM, Outcome.NOT_FOUND, Outcome.MOVED])
async def test_a_fresh_page_is_not_read_again(scraper_bus: Bus, client: httpx2.AsyncClient, outcome: Outcome) -> None:
    """While its record is fresh, neither a film nor a missing page is opened in a browser."""
    stored = page(datetime.now(UTC) - timedelta(minutes=59), outcome)
    await scraper_bus.publish(stored.subject, stored.encode())
    await pipeline(scraper_bus, client, scraper_freshness_ttl="1h").handle(
        await taken(scraper_bus, ScrapeRequest.of("tt0111161"))
    )
    assert (await scraper_bus.stream_state("PAGES")).messages == 1


async def test_titles_like_a_fresh_title_are_requested_without_reading_it(
    scraper_bus: Bus, client: httpx2.AsyncClient
) -> None:
    """Each step lowers the depth by one. The limit holds for each title."""
    html = title_page(alike=["tt0000001", "tt0000002", "tt0000003"])
    stored = page(datetime.now(UTC)).model_copy(update={"html": html})
    await scraper_bus.publish(stored.subject, stored.encode())
    await pipeline(scraper_bus, client).handle(
        await taken(scraper_bus, ScrapeRequest.of("tt0111161", depth=2, limit=2, lane=Lane.NOW))
    )
    requests = await (await scraper_bus.pull("REQUESTS", "scraper-now")).fetch(9, wait=1)
    found = [ScrapeRequest.decode(delivery.envelope) for delivery in requests]
    assert [(request.id, request.depth, request.limit) for request in found] == [
        ("tt0000001", 1, 2),
        ("tt0000002", 1, 2),
    ]


def list_of(ids: list[str], total: int, more: str = "") -> RawPage:
    """Return a stored list that states its number of titles, with a button for `more`."""
    url = "http://127.0.0.1:8080/list/ls055592025/"
    html = list_page(ids, total=total).replace("<h1>x</h1>", more)
    target = {"kind": Kind.LIST, "id": "ls055592025", "url": url, "final_url": url, "html": html}
    return page(datetime.now(UTC)).model_copy(update=target)


async def test_a_fresh_list_leads_to_as_many_titles_as_are_wanted_now(
    scraper_bus: Bus, client: httpx2.AsyncClient
) -> None:
    """Titles beyond the earlier limit are queued without reading the list again."""
    stored = list_of(["tt0000001", "tt0000002", "tt0000003"], total=4)
    await scraper_bus.publish(stored.subject, stored.encode())
    request = ScrapeRequest.of("list:ls055592025", lane=Lane.NOW)
    await pipeline(scraper_bus, client).handle(await taken(scraper_bus, request))
    requests = await (await scraper_bus.pull("REQUESTS", "scraper-now")).fetch(9, wait=1)
    found = [ScrapeRequest.decode(delivery.envelope).id for delivery in requests]
    assert found == ["tt0000001", "tt0000002", "tt0000003"]


async def test_a_fresh_page_that_cannot_be_read_is_read_again(scraper_bus: Bus, client: httpx2.AsyncClient) -> None:
    """A page that is damaged or of a newer version is read again, and the request does not fail permanently."""
    envelope = list_of(["tt0000001"], total=1).encode()
    await scraper_bus.publish("cinestream.pages.imdb.list.ls055592025", Envelope(envelope.headers, b"no zstd"))
    with pytest.raises(BrowserUnavailable):
        await pipeline(scraper_bus, client).handle(await taken(scraper_bus, ScrapeRequest.of("list:ls055592025")))


async def test_a_fresh_list_that_shows_less_than_is_wanted_is_read_again(
    scraper_bus: Bus, client: httpx2.AsyncClient
) -> None:
    """The earlier limit ended the clicks that show more rows."""
    stored = list_of(["tt0000001", "tt0000002"], total=9, more=MORE)
    await scraper_bus.publish(stored.subject, stored.encode())
    enough = await taken(scraper_bus, ScrapeRequest.of("list:ls055592025", limit=2))
    await pipeline(scraper_bus, client).handle(enough)
    await enough.ack()
    with pytest.raises(BrowserUnavailable):
        await pipeline(scraper_bus, client).handle(
            await taken(scraper_bus, ScrapeRequest.of("list:ls055592025", limit=3, lane=Lane.NOW))
        )


@pytest.mark.parametrize(("age", "force"), [(timedelta(minutes=61), False), (timedelta(0), True)])
async def test_a_stale_page_and_a_forced_one_are_read(
    scraper_bus: Bus, client: httpx2.AsyncClient, age: timedelta, force: bool
) -> None:
    """A page older than the setting, and one whose request is forced, needs a browser."""
    stored = page(datetime.now(UTC) - age)
    await scraper_bus.publish(stored.subject, stored.encode())
    delivery = await taken(scraper_bus, ScrapeRequest.of("tt0111161", force=force))
    with pytest.raises(BrowserUnavailable):
        await pipeline(scraper_bus, client, scraper_freshness_ttl="1h").handle(delivery)


async def test_seeds_are_queued_once_and_scheduled(scraper_bus: Bus) -> None:
    """The first start queues and schedules. A restart changes nothing, not even the clock of a schedule."""
    seeds = parse_seeds("tt0111161@1h,chart:top@1d,tt0068646")
    await schedule.plant(scraper_bus, seeds)
    before = await scraper_bus.last_messages("SCHEDULES", ["cinestream.schedules.every.>"])
    await schedule.plant(scraper_bus, seeds)
    after = await scraper_bus.last_messages("SCHEDULES", ["cinestream.schedules.every.>"])
    assert [message.sequence for message in before] == [message.sequence for message in after]
    assert len(before) == 2
    assert (await scraper_bus.stream_state("REQUESTS")).messages == 3


async def test_seeds_wait_for_room_in_the_queue(
    topology: NatsServer, scraper_bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full queue does not end the scraper, which alone can empty it."""
    monkeypatch.setattr(schedule, "_RETRY_SECONDS", 0.2)
    seeds = parse_seeds("tt0111161@1h")
    admin = await topology.connect("topology")
    try:
        config = (await admin.declare("STREAM.INFO.REQUESTS", {}))["config"]
        await admin.declare("STREAM.UPDATE.REQUESTS", {**config, "max_bytes": 1})
        async with anyio.create_task_group() as group:
            group.start_soon(schedule.plant_when_possible, scraper_bus, seeds)
            with anyio.fail_after(90):
                while not (await scraper_bus.stream_state("SCHEDULES")).messages:
                    await anyio.sleep(0.01)
            with pytest.raises(Transient):  # by then the other attempt has failed, too: it had fewer steps left
                await schedule.plant(scraper_bus, seeds)
            assert not (await scraper_bus.stream_state("REQUESTS")).messages
            await admin.declare("STREAM.UPDATE.REQUESTS", config)
        assert (await scraper_bus.stream_state("REQUESTS")).messages == 1
    finally:
        await admin.close()


async def test_schedules_follow_the_settings(scraper_bus: Bus) -> None:
    """Another period replaces the old one. The schedule of a target that is no longer a seed ends."""
    await schedule.plant(scraper_bus, parse_seeds("tt0111161@1h,chart:top@1d"))
    await schedule.plant(scraper_bus, parse_seeds("tt0111161@2h"))
    stored = await scraper_bus.last_messages("SCHEDULES", ["cinestream.schedules.every.>"])
    schedules = {message.subject: message.headers.get("Nats-Schedule") for message in stored}
    assert schedules[EVERY] == "@every 7200s"
    assert schedules.get("cinestream.schedules.every.chart.top") is None


async def test_due_requests_are_queued_again_and_again(scraper_bus: Bus) -> None:
    """The server makes a schedule due. The request moves to the lane `crawl`, and is forced."""
    await schedule.plant(scraper_bus, parse_seeds("tt0111161@1s"))
    due = await scraper_bus.pull("SCHEDULES", "scraper-due")
    requests = await scraper_bus.pull("REQUESTS", "scraper-crawl")
    (first,) = await requests.fetch(1, wait=30)
    await first.ack()
    with anyio.fail_after(90):
        for _ in range(2):
            while not (deliveries := await due.fetch(1, wait=1)):
                pass
            await schedule.carry_over(scraper_bus, deliveries[0])
            await schedule.carry_over(scraper_bus, deliveries[0])  # queued already: nothing happens
            await deliveries[0].ack()
            (again,) = await requests.fetch(5, wait=30)
            request = ScrapeRequest.decode(again.envelope)
            assert (request.target, request.lane, request.force) == ("tt0111161", Lane.CRAWL, True)
            await again.ack()


async def test_an_ended_schedule_is_never_due_again(scraper_bus: Bus) -> None:
    """Nothing is due after the end of a schedule that was due every second."""
    await schedule.plant(scraper_bus, parse_seeds("tt0111161@1s"))
    due = await scraper_bus.pull("SCHEDULES", "scraper-due")
    with anyio.fail_after(90):
        while not (deliveries := await due.fetch(1, wait=1)):
            pass
    await deliveries[0].ack()
    await schedule.plant(scraper_bus, ())
    for delivery in await due.fetch(1, wait=0):
        await delivery.ack()
    assert await due.fetch(1, wait=2.5) == []


async def test_a_closed_gate_gives_nothing_and_keeps_the_queue(scraper_bus: Bus) -> None:
    """While the gate is closed no request is taken. They are still there when it opens."""
    request = ScrapeRequest.of("tt0111161")
    await scraper_bus.publish(request.subject, request.encode())
    closed = True
    gated = GatedPull(await scraper_bus.pull("REQUESTS", "scraper-crawl"), lambda: closed)
    assert await gated.fetch(1, wait=0.01) == []
    closed = False
    assert len(await gated.fetch(1, wait=1)) == 1


async def test_the_backlog_is_full_when_etl_has_half_of_the_stream_to_read(
    topology: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The backlog is measured in bytes that etl has not read. It drains when etl reads."""
    monkeypatch.setattr(backlog_module, "_INTERVAL_SECONDS", 0.1)
    admin, bus, etl = (
        await topology.connect("topology"),
        await topology.connect("scraper"),
        await topology.connect("etl"),
    )
    info = await admin.declare("STREAM.INFO.PAGES", {})
    await admin.declare("STREAM.UPDATE.PAGES", {**info["config"], "max_bytes": 4000})
    stored = page(datetime.now(UTC))
    backlog = Backlog(bus)
    async with anyio.create_task_group() as group:
        group.start_soon(backlog.watch)
        for _ in range(6):
            await bus.publish(stored.subject, stored.encode())
        with anyio.fail_after(90):
            while not backlog.full:
                await anyio.sleep(0.01)
        assert backlog.degraded()
        for delivery in await (await etl.pull("PAGES", "etl")).fetch(6, wait=1):
            await delivery.ack()
        with anyio.fail_after(90):
            while backlog.full:
                await anyio.sleep(0.01)
        group.cancel_scope.cancel()
    for connection in (admin, bus, etl):
        await connection.close()


@pytest.mark.parametrize("mark", ["", "\ufeff"])
async def test_robots_txt_is_obeyed_and_read_once(client: httpx2.AsyncClient, mark: str) -> None:
    """A forbidden page becomes a dead letter with that reason. The file may begin with a byte order mark."""
    with hand_made_site() as site:
        site.answers["/robots.txt"] = CannedResponse(f"{mark}User-agent: *\nDisallow: /title/tt0000666/\n")
        host = Host(ScraperSettings(imdb_url=site.url, scraper_rate=0), client)
        for _ in range(3):
            await host.admit(f"{site.url}/title/tt0111161/")
        with pytest.raises(Invalid, match=r"robots\.txt forbids"):
            await host.admit(f"{site.url}/title/tt0000666/")
        assert site.requested == ["/robots.txt"]
        careless = Host(ScraperSettings(imdb_url=site.url, scraper_rate=0, scraper_obey_robots=False), client)
        await careless.admit(f"{site.url}/title/tt0000666/")


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (503, False)])
async def test_a_site_without_robots_txt_allows_and_a_broken_one_forbids(
    client: httpx2.AsyncClient, status: int, allowed: bool
) -> None:
    """RFC 9309: "unavailable" means that there are no rules, "unreachable" that everything is forbidden."""
    with hand_made_site() as site:
        site.answers["/robots.txt"] = CannedResponse(status=status)
        host = Host(ScraperSettings(imdb_url=site.url, scraper_rate=0), client)
        if allowed:
            await host.admit(f"{site.url}/title/tt0111161/")
        else:
            with pytest.raises(Transient):
                await host.admit(f"{site.url}/title/tt0111161/")


async def test_a_site_whose_robots_txt_cannot_be_read_is_paused(client: httpx2.AsyncClient) -> None:
    """After a few attempts nothing is taken from the queue for a while. /readyz states the reason."""
    with hand_made_site() as site:
        site.answers["/robots.txt"] = CannedResponse(status=500)
        host = Host(ScraperSettings(imdb_url=site.url, scraper_rate=0), client)
        for _ in range(3):
            with pytest.raises(Transient, match="HTTP 500"):
                await host.admit(f"{site.url}/title/tt0111161/")
        assert host.paused
        assert f"{site.url}/robots.txt: HTTP 500" in host.degraded()[0]
        site.answers["/robots.txt"] = CannedResponse(status=404)
        with anyio.fail_after(90):
            await host.admit(f"{site.url}/title/tt0111161/")


async def test_an_endless_robots_txt_is_read_up_to_a_limit(client: httpx2.AsyncClient) -> None:
    """The part that was read is obeyed. A line that was cut forbids nothing."""
    lines = "User-agent: *\nDisallow: /title/tt0000666/\n" + "# so\n" * 102_388
    with hand_made_site() as site:
        site.answers["/robots.txt"] = CannedResponse(
            f"{lines}Disallow: /title/tt0{'0' * 100}\n" + "Disallow: /\n" * 50_000
        )
        assert 512_000 - len(lines) == len("Disallow: /title/t")
        host = Host(ScraperSettings(imdb_url=site.url, scraper_rate=0), client)
        await host.admit(f"{site.url}/title/tt0111161/")
        with pytest.raises(Invalid, match=r"robots\.txt forbids"):
            await host.admit(f"{site.url}/title/tt0000666/")


async def test_redirects_of_robots_txt_lead_to_allowed_hosts_only(client: httpx2.AsyncClient) -> None:
    """A redirect to another path is followed. One to a foreign host is not, and everything is forbidden."""
    with hand_made_site() as site, hand_made_site() as foreign:
        rules = CannedResponse("User-agent: *\nDisallow: /title/tt0000666/\n")
        site.answers["/robots.txt"] = CannedResponse(status=302, headers={"Location": "/rules.txt"})
        site.answers["/rules.txt"] = rules
        foreign.answers["/robots.txt"] = rules
        settings = ScraperSettings(imdb_url=site.url, scraper_rate=0)
        with pytest.raises(Invalid, match=r"robots\.txt forbids"):
            await Host(settings, client).admit(f"{site.url}/title/tt0000666/")
        site.answers["/robots.txt"] = CannedResponse(status=302, headers={"Location": f"{foreign.url}/robots.txt"})
        with pytest.raises(Transient, match="CINESTREAM_SCRAPER_ALLOWED_HOSTS"):
            await Host(settings, client).admit(f"{site.url}/title/tt0111161/")
        assert foreign.requested == []


@pytest.mark.parametrize(("rate", "robots"), [(20, ""), (0, "User-agent: *\nCrawl-delay: 0.05\n")])
async def test_pages_of_a_host_are_read_at_its_rate(client: httpx2.AsyncClient, rate: float, robots: str) -> None:
    """All sessions together keep the rate of the setting, or the slower one of robots.txt."""
    with hand_made_site() as site:
        site.answers["/robots.txt"] = CannedResponse(robots)
        host = Host(ScraperSettings(imdb_url=site.url, scraper_rate=rate), client)
        await host.admit(f"{site.url}/title/tt0111161/")
        started = time.monotonic()
        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(host.admit, f"{site.url}/title/tt0111161/")
        assert time.monotonic() - started > 0.2


async def test_a_paused_host_is_not_contacted(client: httpx2.AsyncClient) -> None:
    """The error states when to try again, and /readyz states the reason."""
    settings = ScraperSettings(scraper_rate=0, scraper_obey_robots=False)
    host = Host(settings, client)
    host.backoff.record_refusal(60, "challenge")
    with pytest.raises(Transient, match="paused") as error:
        await host.admit("http://127.0.0.1:8080/title/tt0111161/")
    assert error.value.retry_after == pytest.approx(60, abs=30)
    assert host.paused
    assert "challenge" in host.degraded()[0]


async def test_concurrent_refusals_slow_a_host_down_once(client: httpx2.AsyncClient) -> None:
    """Refusals of concurrent pages count once. /readyz states the lower rate."""
    host = Host(ScraperSettings(scraper_rate=40, scraper_obey_robots=False), client)
    for _ in range(3):
        host.record_refusal(0.05, "429")
    assert host.rate.now == 20
    assert any("20 pages a second" in reason for reason in host.degraded())
    with anyio.fail_after(60):
        while host.paused:
            await anyio.sleep(0.01)
    started = time.monotonic()
    for _ in range(3):
        await host.admit("http://127.0.0.1:8080/title/tt0111161/")
    assert time.monotonic() - started > 0.09


async def test_a_short_pause_is_waited_for(client: httpx2.AsyncClient) -> None:
    """So the request loses none of its few attempts."""
    host = Host(ScraperSettings(scraper_rate=0, scraper_obey_robots=False), client)
    host.backoff.record_refusal(0.3, "429")
    with anyio.fail_after(90):
        await host.admit("http://127.0.0.1:8080/title/tt0111161/")
    assert not host.paused
