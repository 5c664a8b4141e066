"""Clients by other authors, while the server is killed: npm's `eventsource` and Python's `httpx-sse`.

curl and Chromium's own EventSource are in `tests/e2e`.
"""

import json
import shutil
import subprocess
from pathlib import Path

import anyio
import httpx
import httpx_sse
import pytest
from anyio.to_thread import run_sync
from tests.paths import ROOT
from tests.stream_api.films import publish
from tests.stream_api.server_process import Process

from cinestream.bus.jetstream import Bus

pytestmark = [pytest.mark.anyio, pytest.mark.foreign, pytest.mark.timeout(300)]
NODE = ROOT / "tests/stream_api/node"
TOTAL = 60


@pytest.fixture(scope="module")
def follow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the program for Node with its package installed."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("node and npm are not installed")
    folder = tmp_path_factory.mktemp("node")
    for name in ("package.json", "package-lock.json", "follow.cjs"):
        shutil.copy(NODE / name, folder)
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode:
        pytest.skip(f"npm cannot install eventsource: {done.stderr[-300:]}")
    return folder / "follow.cjs"


async def live_through_two_kills(api: Process, bus: Bus, log: list[str]) -> None:
    """Publish films while the server is killed twice. Return when the log has the last film."""
    with anyio.fail_after(240):
        for start in (1, 31):
            await publish(bus, *range(start, start + 15))
            while len(log) < start + 14:
                await anyio.sleep(0.02)
            api.kill()
            await publish(bus, *range(start + 15, start + 30))
            await run_sync(api.start)
        while not log or not log[-1].endswith(f"-{TOTAL}"):
            await anyio.sleep(0.02)


async def test_npms_eventsource_has_every_film_once(api: Process, etl_bus: Bus, follow: Path) -> None:
    """It reconnects by itself with the id of the last film."""
    log: list[str] = []
    url = f"{api.url}/api/movies/stream?last_event_id=earliest"
    async with (
        await anyio.open_process(["node", str(follow), url], stderr=None) as node,
        anyio.create_task_group() as tg,
    ):

        async def read() -> None:
            rest = b""
            assert node.stdout
            async for data in node.stdout:
                *lines, rest = (rest + data).split(b"\n")
                log.extend(json.loads(line)[0] for line in lines)

        tg.start_soon(read)
        await live_through_two_kills(api, etl_bus, log)
        node.kill()
    assert [int(id.rpartition("-")[2]) for id in log] == list(range(1, TOTAL + 1))


async def test_httpx_sse_has_every_film_once(api: Process, etl_bus: Bus) -> None:
    """Its user reconnects with the last id in the header, and no film is lost or repeated."""
    log: list[str] = []
    last = ""

    async def follow() -> None:
        nonlocal last
        async with httpx.AsyncClient(base_url=api.url, timeout=20) as client:
            while True:
                headers = {"Last-Event-ID": last} if last else {}
                try:
                    async with httpx_sse.aconnect_sse(
                        client, "GET", "/api/movies/stream", params={"last_event_id": "earliest"}, headers=headers
                    ) as source:
                        async for event in source.aiter_sse():
                            last = event.id
                            if event.event == "movie":
                                assert event.json()["title"]
                                log.append(event.id)
                except httpx.TransportError:
                    await anyio.sleep(0.02)

    async with anyio.create_task_group() as group:
        group.start_soon(follow)
        await live_through_two_kills(api, etl_bus, log)
        group.cancel_scope.cancel()
    assert [int(id.rpartition("-")[2]) for id in log] == list(range(1, TOTAL + 1))
