"""The dead-letters command on a real nats-server."""

from datetime import UTC, datetime
from pathlib import Path

import anyio.to_thread
import orjson
import pytest
from tests.main_function import invoke
from tests.nats_server import NatsServer

from cinestream.bus.jetstream import Bus
from cinestream.contracts import DeadLetter, Envelope, Kind, Outcome, RawPage, ScrapeRequest
from cinestream_etl.__main__ import main as etl
from cinestream_scraper.__main__ import main as scraper

pytestmark = pytest.mark.anyio


async def run_command(nats: NatsServer, *arguments: str, stage: str = "scraper") -> tuple[int, str]:
    """Run the command, and return its exit code and its output."""
    main = etl if stage == "etl" else scraper
    environment = nats.environment(stage)
    result = await anyio.to_thread.run_sync(lambda: invoke(main, ["dead-letters", *arguments], environment))
    return result.exit_code, result.output


async def store(bus: Bus, subject: str, original: Envelope, *, stage: str = "scraper", reason: str = "failed") -> int:
    """Store a dead letter and return its number."""
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


async def store_request(bus: Bus, target: str, *, reason: str = "failed") -> int:
    """Store the dead letter of a scrape request, and return its number."""
    request = ScrapeRequest.of(target)
    return await store(bus, request.subject, request.encode(), reason=reason)


async def count(bus: Bus) -> int:
    """Return the number of dead letters."""
    return (await bus.stream_state("DEAD_LETTERS")).messages


async def test_list_shows_the_letters_of_the_stage(topology: NatsServer, scraper_bus: Bus) -> None:
    """The list has the letters of one stage, also unreadable ones, and no more than the limit."""
    await store_request(scraper_bus, "tt0000001", reason="robots.txt forbids it")
    etl = await topology.connect("etl")
    await store(etl, "cinestream.pages.imdb.title.tt0000009", Envelope({}, b""), stage="etl")
    await etl.close()
    await scraper_bus.publish("cinestream.dead.scraper", Envelope({"Cinestream-Schema": "dead-letter/9"}, b""))
    code, output = await run_command(topology, "list")
    assert code == 0
    assert "5x tt0000001 robots.txt forbids it" in output
    assert "newer CineStream" in output
    assert "tt0000009" not in output
    assert "--after 1" in (await run_command(topology, "list", "--limit", "1"))[1]
    first = orjson.loads((await run_command(topology, "list", "--json"))[1].splitlines()[0])
    assert (first["number"], first["deliveries"]) == (1, 5)


async def test_retried_request_is_queued_again(topology: NatsServer, scraper_bus: Bus) -> None:
    """The original is published without the headers of its first publication, and the letter is removed."""
    request = ScrapeRequest.of("tt0000001", limit=7)
    original = Envelope(
        {**request.encode().headers, "Nats-Expected-Last-Subject-Sequence": "99"}, request.encode().body
    )
    number = await store(scraper_bus, request.subject, original)
    code, output = await run_command(topology, "retry", str(number))
    assert (code, await count(scraper_bus)) == (0, 0), output
    pull = await scraper_bus.pull("REQUESTS", "scraper-crawl")
    (delivery,) = await pull.fetch(1, wait=30)
    assert ScrapeRequest.decode(delivery.envelope) == request


async def test_two_letters_of_one_target_make_one_request(topology: NatsServer, scraper_bus: Bus) -> None:
    """The second letter reports that the target is already queued, and both letters are removed."""
    for _ in range(2):
        await store_request(scraper_bus, "tt0000001")
    output = (await run_command(topology, "retry", "--all"))[1]
    assert "retried" in output
    assert "already queued" in output
    assert await count(scraper_bus) == 0


async def test_etl_shows_and_retries_a_page(topology: NatsServer, etl_bus: Bus, tmp_path: Path) -> None:
    """A page is written as HTML, and retried with the permissions of etl."""
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
    number = await store(etl_bus, page.subject, page.encode(), stage="etl")
    out = tmp_path / "page.html"
    code, output = await run_command(topology, "show", str(number), "--out", str(out), stage="etl")
    assert (code, out.read_text("utf-8")) == (0, "<p>é</p>"), output
    await run_command(topology, "retry", str(number), stage="etl")
    (delivery,) = await (await etl_bus.pull("PAGES", "etl")).fetch(1, wait=30)
    assert RawPage.decode(delivery.envelope) == page.model_copy(
        update={"fetched_at": RawPage.decode(delivery.envelope).fetched_at}
    )
    assert await count(etl_bus) == 0


async def test_error_names_a_file_that_cannot_be_written(
    topology: NatsServer, scraper_bus: Bus, tmp_path: Path
) -> None:
    """The last line of the output names the file and the reason."""
    number = await store_request(scraper_bus, "tt0000001")
    out = tmp_path / "nothing" / "body"
    code, output = await run_command(topology, "show", str(number), "--out", str(out))
    assert code == 1
    assert output.splitlines()[-1] == f"{out} cannot be written (No such file or directory)"


async def test_purge_removes_only_selected_letters(topology: NatsServer, scraper_bus: Bus) -> None:
    """Letters are selected by a text in the reason, or by number."""
    for id, reason in (("tt0000001", "robots"), ("tt0000002", "challenge"), ("tt0000003", "robots")):
        await store_request(scraper_bus, id, reason=reason)
    await run_command(topology, "purge", "--reason", "robots")
    assert await count(scraper_bus) == 1
    assert (await run_command(topology, "purge", "2"))[0] == 0
    assert await count(scraper_bus) == 0
    assert (await scraper_bus.stream_state("REQUESTS")).messages == 0


async def test_wrong_selection_changes_nothing(topology: NatsServer, scraper_bus: Bus) -> None:
    """No selection and two selections are wrong use, and an unknown number is an error."""
    await store_request(scraper_bus, "tt0000001")
    wrong: dict[tuple[str, ...], int] = {("purge",): 2, ("purge", "1", "--all"): 2, ("retry", "9"): 1, ("show", "9"): 1}
    for arguments, code in wrong.items():
        assert (await run_command(topology, *arguments))[0] == code
    assert await count(scraper_bus) == 1
