"""A crawl as in operation: the scraper as a process, with its queue and its pages in a nats-server."""

import os
import secrets
import subprocess
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
from bench.processes import SCRIPTS, free_port, resident_bytes
from bench.scraper.demo_site import film_ids

from cinestream.bus.jetstream import Bus
from cinestream.commands.streams import TopologySettings, declare
from cinestream.contracts import DeadLetter, ScrapeRequest, subjects
from cinestream_demo.local.nats import CONFIG, nats_environment
from cinestream_demo.local.plan import USERS
from cinestream_scraper.browser.processes import marked, memory_of


class Crawl:
    """One scraper of one site. It may be killed and started again."""

    def __init__(self, bus: Bus, state: Path, environment: dict[str, str]) -> None:
        self.bus = bus
        self.state = state
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the scraper."""
        self._process = subprocess.Popen([SCRIPTS / "cinestream-scraper"], env=os.environ | self._environment)

    def kill(self) -> None:
        """Kill the scraper with SIGKILL."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """Stop the scraper with SIGTERM, and return its exit code."""
        assert self._process
        self._process.terminate()
        return self._process.wait(20)

    async def enqueue(self, count: int) -> None:
        """Queue so many titles."""
        async with anyio.create_task_group() as group:
            for id in film_ids(count):
                request = ScrapeRequest.of(id)
                group.start_soon(self.bus.publish, request.subject, request.encode())

    async def remaining(self) -> int:
        """Return the number of titles that are queued or being read."""
        return (await self.bus.stream_state("REQUESTS")).messages

    async def published(self) -> Counter[str]:
        """Return how often the page of each title was published."""
        found: Counter[str] = Counter()
        after = 0
        while stored := await self.bus.read("PAGES", start=after + 1, limit=256, max_bytes=64 << 20):
            found.update(message.subject.rpartition(".")[2] for message in stored)
            after = stored[-1].sequence
        return found

    async def dead_letters(self) -> dict[str, DeadLetter]:
        """Return the dead letters by title."""
        found: dict[str, DeadLetter] = {}
        after = 0
        while stored := await self.bus.read(
            "DEAD_LETTERS", start=after + 1, limit=64, subject=subjects.dead("scraper")
        ):
            letters = [DeadLetter.decode(message.envelope) for message in stored]
            found |= {letter.original_subject.rpartition(".")[2]: letter for letter in letters}
            after = stored[-1].sequence
        return found

    def _browsers(self) -> list[str]:
        """Return the marks of the browser sessions that have files now."""
        return [f"{path.parent.name}/{path.name}" for path in self.state.glob("*/*") if path.is_dir()]

    def processes(self) -> set[int]:
        """Return the ids of all browser processes."""
        return {pid for mark in self._browsers() for pid in marked(mark)}

    def browser_memory(self) -> int:
        """Return the memory of the largest browser, in bytes."""
        return max((memory_of(mark) for mark in self._browsers()), default=0)

    def own_memory(self) -> int:
        """Return the memory of the scraper's process, in bytes."""
        assert self._process
        return resident_bytes(self._process.pid)


@asynccontextmanager
async def crawl(site: str, **settings: str) -> AsyncIterator[Crawl]:
    """Start a nats-server, and yield a crawl that is not started yet.

    `settings` are environment variables of the scraper without the prefix `CINESTREAM_`.
    """
    port = free_port()
    passwords = {user: secrets.token_hex(8) for user in USERS}
    with tempfile.TemporaryDirectory() as folder:
        (store := Path(folder) / "nats").mkdir()
        environment = nats_environment(f"127.0.0.1:{port}", store, passwords, monitor=f"127.0.0.1:{free_port()}")
        command = [str(SCRIPTS / "nats-server"), "-c", str(CONFIG), "-l", f"{store}/log"]
        url = f"nats://127.0.0.1:{port}"
        async with await anyio.open_process(command, env=os.environ | environment) as nats:
            admin = await Bus.connect(url, name="bench", user="topology", password=passwords["topology"])
            await declare(admin, TopologySettings())
            await admin.close()
            bus = await Bus.connect(url, name="bench", user="scraper", password=passwords["scraper"])
            scraper = {
                "NATS_URL": url,
                "NATS_USER": "scraper",
                "NATS_PASSWORD": passwords["scraper"],
                "OPS_PORT": str(free_port()),
                "IMDB_URL": site,
                "LOG_LEVEL": "error",
                "SCRAPER_RATE": "0",
                "SCRAPER_SEEDS": film_ids(1)[0],
                "SCRAPER_STATE_DIR": f"{folder}/state",
                **settings,
            }
            try:
                settings = {f"CINESTREAM_{name}": value for name, value in scraper.items()}
                yield Crawl(bus, Path(folder) / "state", settings)
            finally:
                await bus.close()
                nats.terminate()
