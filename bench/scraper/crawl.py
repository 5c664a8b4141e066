"""A crawl as it is in operation: the scraper as a process, its queue and its pages in a nats-server."""

import os
import re
import secrets
import socket
import subprocess
import sysconfig
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
from bench.scraper.site import ids

from cinestream.bus.declare import TopologySettings, declare
from cinestream.bus.jetstream import Bus
from cinestream.contracts import DeadLetter, ScrapeRequest, subjects
from cinestream_scraper.browser.processes import marked, memory_of

SCRIPTS = Path(sysconfig.get_path("scripts"))
CONFIG = Path(__file__).parents[2] / "deploy" / "nats.conf"
_PASSWORD = re.compile(r"\$CINESTREAM_NATS_PASSWORD_(\w+)")
_RESIDENT = 1


class Crawl:
    """One scraper at one site. It may be killed and started again."""

    def __init__(self, bus: Bus, state: Path, environment: dict[str, str]) -> None:
        self.bus = bus
        self.state = state
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the scraper."""
        self._process = subprocess.Popen([SCRIPTS / "cinestream-scraper"], env=os.environ | self._environment)

    def kill(self) -> None:
        """End it as the kernel does."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """End it as people do; its exit code."""
        assert self._process
        self._process.terminate()
        return self._process.wait(20)

    async def ask(self, count: int) -> None:
        """Queue so many titles."""
        async with anyio.create_task_group() as group:
            for id in ids(count):
                request = ScrapeRequest.of(id)
                group.start_soon(self.bus.publish, request.subject, request.encode())

    async def left(self) -> int:
        """How many are queued or in hand."""
        return (await self.bus.stream_state("REQUESTS")).messages

    async def published(self) -> Counter[str]:
        """How often each title's page was published."""
        found: Counter[str] = Counter()
        after = 0
        while stored := await self.bus.read("PAGES", start=after + 1, limit=256, max_bytes=64 << 20):
            found.update(message.subject.rpartition(".")[2] for message in stored)
            after = stored[-1].sequence
        return found

    async def given_up(self) -> dict[str, DeadLetter]:
        """The titles that became dead letters."""
        found: dict[str, DeadLetter] = {}
        after = 0
        while stored := await self.bus.read(
            "DEAD_LETTERS", start=after + 1, limit=64, subject=subjects.dead("scraper")
        ):
            letters = [DeadLetter.decode(message.envelope) for message in stored]
            found |= {letter.original_subject.rpartition(".")[2]: letter for letter in letters}
            after = stored[-1].sequence
        return found

    def browsers(self) -> list[str]:
        """The marks of the browser sessions that have files now."""
        return [f"{path.parent.name}/{path.name}" for path in self.state.glob("*/*") if path.is_dir()]

    def processes(self) -> set[int]:
        """All processes of browsers that are alive."""
        return {pid for mark in self.browsers() for pid in marked(mark)}

    def browser_memory(self) -> int:
        """The bytes of the browser that has most."""
        return max((memory_of(mark) for mark in self.browsers()), default=0)

    def own_memory(self) -> int:
        """The bytes of the scraper's process."""
        assert self._process
        statm = Path(f"/proc/{self._process.pid}/statm").read_text().split()
        return int(statm[_RESIDENT]) * os.sysconf("SC_PAGE_SIZE")


@asynccontextmanager
async def crawl(site: str, **settings: str) -> AsyncIterator[Crawl]:
    """A crawl of a site, not started yet, behind a nats-server of its own."""
    port = _free_port()
    # A password of digits alone would be a number to nats-server.
    passwords = {user: f"p{secrets.token_hex(8)}" for user in _PASSWORD.findall(CONFIG.read_text())}
    with tempfile.TemporaryDirectory() as folder:
        (store := Path(folder) / "nats").mkdir()
        server = {"LISTEN": f"127.0.0.1:{port}", "MONITOR": f"127.0.0.1:{_free_port()}", "STORE": str(store)} | {
            f"PASSWORD_{user}": password for user, password in passwords.items()
        }
        environment = {f"CINESTREAM_NATS_{name}": value for name, value in server.items()}
        command = [str(SCRIPTS / "nats-server"), "-c", str(CONFIG), "-l", f"{store}/log"]
        url = f"nats://127.0.0.1:{port}"
        async with await anyio.open_process(command, env=os.environ | environment) as nats:
            admin = await Bus.connect(url, name="bench", user="topology", password=passwords["TOPOLOGY"])
            await declare(admin, TopologySettings())
            await admin.close()
            bus = await Bus.connect(url, name="bench", user="scraper", password=passwords["SCRAPER"])
            scraper = {
                "NATS_URL": url,
                "NATS_USER": "scraper",
                "NATS_PASSWORD": passwords["SCRAPER"],
                "OPS_PORT": str(_free_port()),
                "IMDB_URL": site,
                "LOG_LEVEL": "error",
                "SCRAPER_RATE": "0",
                "SCRAPER_SEEDS": ids(1)[0],
                "SCRAPER_STATE_DIR": f"{folder}/state",
                **settings,
            }
            try:
                settings = {f"CINESTREAM_{name}": value for name, value in scraper.items()}
                yield Crawl(bus, Path(folder) / "state", settings)
            finally:
                await bus.close()
                nats.terminate()


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
