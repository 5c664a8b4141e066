"""`cinestream watch` as a process, while the server and the command itself are ended."""

import signal
import subprocess
from pathlib import Path

import anyio
import pytest
from anyio.to_thread import run_sync
from tests.cli.watch.watching import watching
from tests.paths import SCRIPTS
from tests.stream_api.films import publish
from tests.stream_api.server_process import Process
from tests.stream_api.serving import serving

from cinestream.bus.jetstream import Bus

pytestmark = pytest.mark.anyio
BATCH = 30


async def test_each_film_comes_once_and_in_order(api: Process, etl_bus: Bus, tmp_path: Path) -> None:
    """The server is killed while films come. Then the command is interrupted, and continues from its cursor."""
    options = ("--url", api.url, "--earliest", "--cursor", "cursor")
    with watching(tmp_path, *options) as watch:
        await publish(etl_bus, *range(1, BATCH))
        await watch.until(BATCH - 1)
        async with anyio.create_task_group() as group:
            group.start_soon(publish, etl_bus, *range(BATCH, 2 * BATCH))
            await run_sync(api.kill)
        await run_sync(api.start)
        await watch.until(2 * BATCH - 1)
        assert await run_sync(watch.end, signal.SIGINT) == 130
    await publish(etl_bus, *range(2 * BATCH, 3 * BATCH))
    with watching(tmp_path, *options) as watch:
        await watch.until(3 * BATCH - 1)
        assert await run_sync(watch.end, signal.SIGTERM) == 0
    assert watch.films == [f"tt{number:07}" for number in range(1, 3 * BATCH)]
    reconnects = watch.err.read_text().splitlines()
    assert reconnects
    assert all("; connecting again in " in line for line in reconnects)


async def test_a_closed_pipe_ends_it(stream_bus: Bus, etl_bus: Bus, tmp_path: Path) -> None:
    """`| head` gets its lines, and the command ends with 0 and without a message."""
    await publish(etl_bus, *range(1, 1000))
    command = f'{SCRIPTS}/cinestream watch --url "$0" --json --earliest --cursor cursor; echo "ended with $?" >&2'
    async with serving(stream_bus) as server:
        shell = ["sh", "-c", f"{{ {command}; }} | head -n 3", server.url]
        done = await run_sync(lambda: subprocess.run(shell, cwd=tmp_path, capture_output=True, text=True, timeout=60))
    assert done.stdout.count("\n") == 3
    assert done.stderr == "ended with 0\n"
    assert (tmp_path / "cursor").exists()
