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

from cinestream.bus.jetstream import Bus

pytestmark = pytest.mark.anyio
BATCH = 30


async def test_each_film_comes_once_and_in_order(api: Process, etl_bus: Bus, tmp_path: Path) -> None:
    """The server is killed and stopped, and the command is interrupted and killed, while films come."""
    options = ("--url", api.url, "--earliest", "--cursor", "cursor")
    published = 0
    for end in (api.kill, api.terminate):
        with watching(tmp_path, *options) as watch:
            await publish(etl_bus, *range(published + 1, published + BATCH))
            await watch.until(published + BATCH - 1)
            async with anyio.create_task_group() as group:
                group.start_soon(publish, etl_bus, *range(published + BATCH, published + 2 * BATCH + 1))
                await run_sync(end)
            await run_sync(api.start)
            published += 2 * BATCH
            await watch.until(published)
            assert await run_sync(watch.end, signal.SIGINT) == 130
    assert watch.films == [f"tt{number:07}" for number in range(1, published + 1)]
    reconnects = watch.err.read_text().splitlines()
    assert reconnects
    assert all("; connecting again in " in line for line in reconnects)


async def test_a_closed_pipe_ends_it(api: Process, etl_bus: Bus, tmp_path: Path) -> None:
    """`| head` gets its lines, and the command ends with 0 and without a message."""
    await publish(etl_bus, *range(1, 2000))
    command = f'{SCRIPTS}/cinestream watch --url "$0" --json --earliest --cursor cursor; echo "ended with $?" >&2'
    shell = ["sh", "-c", f"{{ {command}; }} | head -n 3", api.url]
    done = await run_sync(lambda: subprocess.run(shell, cwd=tmp_path, capture_output=True, text=True, timeout=60))
    assert done.stdout.count("\n") == 3
    assert done.stderr == "ended with 0\n"
    assert (tmp_path / "cursor").exists()
