"""`cinestream-etl` as a process: it becomes ready, works, survives a kill, and stops."""

import http.client
import os
import signal
import subprocess
from pathlib import Path

import anyio
import orjson
import pytest
from tests.etl.pages import SamplePage
from tests.nats_server import NatsServer
from tests.paths import SCRIPTS
from tests.ports import free_port

from cinestream.bus.jetstream import Bus
from cinestream.contracts import Movie, subjects
from cinestream_etl.tone.digest import digest

pytestmark = pytest.mark.anyio


def _start(nats: NatsServer, port: int, log: Path) -> subprocess.Popen[bytes]:
    environment = {"CINESTREAM_OPS_PORT": str(port), "CINESTREAM_LOG_FORMAT": "json"}
    with log.open("ab") as file:
        command = [str(SCRIPTS / "cinestream-etl")]
        return subprocess.Popen(command, env=os.environ | nats.environment("etl") | environment, stderr=file)


def _ask(port: int, path: str) -> tuple[int, bytes]:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except OSError:
        return 0, b""


async def _ready(port: int) -> None:
    with anyio.fail_after(60):
        while (await anyio.to_thread.run_sync(_ask, port, "/readyz"))[0] != 200:
            await anyio.sleep(0.02)


async def _movies(bus: Bus, count: int) -> list[Movie]:
    with anyio.fail_after(60):
        while (await bus.stream_state("MOVIES")).messages < count:
            await anyio.sleep(0.02)
    return [Movie.decode(stored.envelope) for stored in await bus.read("MOVIES", start=1, limit=1000)]


async def test_the_service_works_and_stops(
    topology: NatsServer, scraper_bus: Bus, stream_bus: Bus, tmp_path: Path
) -> None:
    """It becomes ready, turns pages into movies, counts them in its metrics, and exits with 0 on SIGTERM."""
    port = free_port()
    service = _start(topology, port, tmp_path / "log")
    try:
        await _ready(port)
        page = SamplePage("tt0000001")
        await scraper_bus.publish(subjects.page("title", page.id), page.raw_page().encode())
        (movie,) = await _movies(stream_bus, 1)
        assert movie.id == page.id
        with anyio.fail_after(60):  # the worker counts the movie a moment after it is stored
            metrics = b""
            while b'cinestream_etl_pages_total{result="published"} 1.0' not in metrics:
                _, metrics = await anyio.to_thread.run_sync(_ask, port, "/metrics")
        assert b'cinestream_etl_fields_missing_total{field="plot",layout="next_data"} 1.0' in metrics
        assert b"cinestream_etl_parse_seconds_count 1.0" in metrics
        assert b'cinestream_etl_tone_info{digest="%b",model="lexicon"} 1.0' % digest().encode() in metrics
        service.send_signal(signal.SIGTERM)
        assert await anyio.to_thread.run_sync(service.wait, 60) == 0
    finally:
        service.kill()
        service.wait()
    events = [orjson.loads(line)["event"] for line in (tmp_path / "log").read_bytes().splitlines()]
    assert events[-1] == "service.stopped"
    assert "service.ready" in events


async def test_killed_in_the_middle_it_loses_and_repeats_nothing(
    topology: NatsServer, scraper_bus: Bus, stream_bus: Bus, tmp_path: Path
) -> None:
    """After kill -9 another process continues: every film is in MOVIES once, and counted once."""
    await topology.shorten_ack_wait("PAGES", "etl", seconds=2)
    pages = [SamplePage(f"tt0000{number:03}") for number in range(300)]
    for page in pages:
        await scraper_bus.publish(subjects.page("title", page.id), page.raw_page().encode())
    ports = [free_port(), free_port()]
    services = [_start(topology, ports[0], tmp_path / "log")]
    try:
        await _movies(stream_bus, 20)
        services[0].kill()
        services.append(_start(topology, ports[1], tmp_path / "log"))
        movies = await _movies(stream_bus, len(pages))
    finally:
        for service in services:
            service.kill()
            service.wait()
    assert sorted(movie.id for movie in movies) == [page.id for page in pages]
    assert max(movie.director_stats.total_movies for movie in movies if movie.director_stats) == len(pages)
