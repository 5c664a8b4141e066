"""The dead letters of a stage on a real nats-server, by the command that people use."""

from datetime import UTC, datetime
from pathlib import Path

import anyio.to_thread
import orjson
import pytest
from tests.nats_server import NatsServer
from typer.testing import CliRunner

from cinestream.bus.jetstream import Bus
from cinestream.commands.dead_letters import dead_letters_app
from cinestream.contracts import DeadLetter, Envelope, Kind, Outcome, RawPage, ScrapeRequest

pytestmark = pytest.mark.anyio


async def said(nats: NatsServer, *arguments: str, stage: str = "scraper") -> tuple[int, str]:
    """What the command exits with and says."""
    app = dead_letters_app(stage)
    environment = nats.environment(stage)
    result = await anyio.to_thread.run_sync(lambda: CliRunner().invoke(app, arguments, env=environment))
    return result.exit_code, result.output


async def bury(bus: Bus, subject: str, original: Envelope, *, stage: str = "scraper", reason: str = "failed") -> int:
    """Store a dead letter; its number."""
    letter = DeadLetter(
        stage=stage,
        reason=reason,
        deliveries=5,
        died_at=datetime.now(UTC),
        original_subject=subject,
        original_headers=original.headers,
        original_body=original.body,
    )
    return await bus.publish(letter.subject, letter.encode())


async def bury_request(bus: Bus, target: str, *, reason: str = "failed") -> int:
    """Store the dead letter of a scrape request."""
    request = ScrapeRequest.of(target)
    return await bury(bus, request.subject, request.encode(), reason=reason)


async def left(bus: Bus) -> int:
    """How many letters there are."""
    return (await bus.stream_state("DEAD_LETTERS")).messages


async def test_letters_of_the_stage_are_listed_with_their_reason(topology: NatsServer, scraper_bus: Bus) -> None:
    """Only those of its own stage, those that this version cannot read too, and never more than asked for."""
    await bury_request(scraper_bus, "tt0000001", reason="robots.txt forbids it")
    etl = await topology.connect("etl")
    await bury(etl, "cinestream.pages.imdb.title.tt0000009", Envelope({}, b""), stage="etl")
    await etl.close()
    await scraper_bus.publish("cinestream.dead.scraper", Envelope({"Cinestream-Schema": "dead-letter/9"}, b""))
    code, output = await said(topology, "list")
    assert code == 0
    assert "cinestream.requests.crawl.title.tt0000001 robots.txt forbids it" in output
    assert "newer CineStream" in output
    assert "tt0000009" not in output
    assert "--after 1" in (await said(topology, "list", "--limit", "1"))[1]
    first = orjson.loads((await said(topology, "list", "--json"))[1].splitlines()[0])
    assert (first["number"], first["deliveries"]) == (1, 5)


async def test_a_retried_request_is_in_the_queue_again(topology: NatsServer, scraper_bus: Bus) -> None:
    """The original as it was, without what only held for its first publication; then the letter is gone."""
    request = ScrapeRequest.of("tt0000001", limit=7)
    original = Envelope(
        {**request.encode().headers, "Nats-Expected-Last-Subject-Sequence": "99"}, request.encode().body
    )
    number = await bury(scraper_bus, request.subject, original)
    code, output = await said(topology, "retry", str(number))
    assert (code, await left(scraper_bus)) == (0, 0), output
    pull = await scraper_bus.pull("REQUESTS", "scraper-crawl")
    (delivery,) = await pull.fetch(1, wait=30)
    assert ScrapeRequest.decode(delivery.envelope) == request


async def test_what_is_queued_already_needs_no_second_retry(topology: NatsServer, scraper_bus: Bus) -> None:
    """Two letters of one target make one request, and both are gone."""
    for _ in range(2):
        await bury_request(scraper_bus, "tt0000001")
    output = (await said(topology, "retry", "--all"))[1]
    assert "retried" in output
    assert "already queued" in output
    assert await left(scraper_bus) == 0


async def test_etl_gives_a_page_another_chance(topology: NatsServer, etl_bus: Bus, tmp_path: Path) -> None:
    """A page is shown as HTML, and retried with the rights that etl has."""
    url = "https://www.imdb.com/title/tt0000001/"
    page = RawPage(
        kind=Kind.TITLE,
        id="tt0000001",
        outcome=Outcome.FILM,
        url=url,
        final_url=url,
        status=200,
        fetched_at=datetime.now(UTC),
        html="<p>é</p>",
    )
    number = await bury(etl_bus, page.subject, page.encode(), stage="etl")
    out = tmp_path / "page.html"
    code, output = await said(topology, "show", str(number), "--out", str(out), stage="etl")
    assert (code, out.read_text("utf-8")) == (0, "<p>é</p>"), output
    await said(topology, "retry", str(number), stage="etl")
    (delivery,) = await (await etl_bus.pull("PAGES", "etl")).fetch(1, wait=30)
    assert RawPage.decode(delivery.envelope) == page.model_copy(
        update={"fetched_at": RawPage.decode(delivery.envelope).fetched_at}
    )
    assert await left(etl_bus) == 0


async def test_an_original_that_cannot_be_written_is_told(
    topology: NatsServer, scraper_bus: Bus, tmp_path: Path
) -> None:
    """In one sentence that names the file."""
    number = await bury_request(scraper_bus, "tt0000001")
    out = tmp_path / "nothing" / "body"
    code, output = await said(topology, "show", str(number), "--out", str(out))
    assert code == 1
    assert output.splitlines()[-1] == f"{out} cannot be written (No such file or directory)"


async def test_purge_removes_only_what_is_chosen(topology: NatsServer, scraper_bus: Bus) -> None:
    """By a text of the reason, or by number."""
    for id, reason in (("tt0000001", "robots"), ("tt0000002", "challenge"), ("tt0000003", "robots")):
        await bury_request(scraper_bus, id, reason=reason)
    await said(topology, "purge", "--reason", "robots")
    assert await left(scraper_bus) == 1
    assert (await said(topology, "purge", "2"))[0] == 0
    assert await left(scraper_bus) == 0
    assert (await scraper_bus.stream_state("REQUESTS")).messages == 0


async def test_mistakes_are_told_and_change_nothing(topology: NatsServer, scraper_bus: Bus) -> None:
    """No choice, two choices, a number that is not there."""
    await bury_request(scraper_bus, "tt0000001")
    for arguments in (("purge",), ("purge", "1", "--all"), ("retry", "9"), ("show", "9")):
        assert (await said(topology, *arguments))[0] == 1
    assert await left(scraper_bus) == 1
