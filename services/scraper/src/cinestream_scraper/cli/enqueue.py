"""The command `enqueue`: asks the running scraper for pages; where none runs, puts them into its queue."""

import sys
from collections import Counter

import httpx2
import orjson
import typer

from cinestream.bus.jetstream import Bus
from cinestream.contracts import Transient
from cinestream.contracts.subjects import ASK_SCRAPER
from cinestream.runtime.connected import connected
from cinestream_scraper.politeness.host import Host
from cinestream_scraper.service.request_api import Answer, Asking, Question
from cinestream_scraper.settings import ScraperSettings


async def enqueue(settings: ScraperSettings, questions: list[Question]) -> Counter[Answer]:
    """Ask for each, a bar on the way, and say for each what becomes of it; return how often what.

    Raises:
        Transient: the bus does not answer.
    """
    answers: Counter[Answer] = Counter()
    async with connected(settings, "cinestream-scraper-enqueue") as bus, httpx2.AsyncClient() as client:
        # The scraper that runs knows the site's robots.txt and its pauses, and who asks it needs no way to the site.
        careless = settings.model_copy(update={"scraper_obey_robots": False})
        alone = Asking(settings, bus, Host(careless, client))
        running = await _runs(bus)
        with typer.progressbar(questions, label="asking", file=sys.stderr) as bar:
            for question in bar:
                answer, why = await (_ask(bus, question) if running else alone.decide(question))
                typer.echo(f"{question.target}: {answer}{f' ({why})' if why else ''}")
                answers[answer] += 1
    return answers


async def _runs(bus: Bus) -> bool:
    """Whether a scraper answers."""
    try:
        await bus.request("$SRV.PING.cinestream-scraper", b"", wait=5.0)
    except Transient:
        return False
    return True


async def _ask(bus: Bus, question: Question) -> tuple[Answer, str]:
    said = orjson.loads(await bus.request(ASK_SCRAPER, question.model_dump_json().encode()))
    return Answer(said["answer"]), said["why"]
