"""Clients of other projects, with the programs of docs/clients.md, while the server is killed and stopped.

By default all clients run at once, through one end of each kind. `make foreign` also runs each client alone, through
each kind of end twice.
"""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import anyio
import pytest
from anyio.to_thread import run_sync
from tests.foreign.clients import CLIENTS, Client
from tests.foreign.documented import blocks
from tests.foreign.running_client import RunningClient
from tests.stream_api.films import publish
from tests.stream_api.server_process import Process

from cinestream.bus.jetstream import Bus

pytestmark = [pytest.mark.anyio, pytest.mark.foreign, pytest.mark.timeout(180)]
CASES = [pytest.param(CLIENTS, ("kill", "terminate"), id="all")]
if os.environ.get("CINESTREAM_FOREIGN"):
    CASES += [
        pytest.param((client,), (end, end), id=f"{client.name}-{end}")
        for client in CLIENTS
        for end in ("kill", "terminate")
    ]
BATCH = 40
"""Films that are published around each end of the server."""


@pytest.mark.parametrize(("clients", "ends"), CASES)
async def test_every_client_gets_every_film_once(
    clients: Sequence[Client], ends: Sequence[str], api: Process, etl_bus: Bus, tmp_path: Path
) -> None:
    """Through each end of the server, each film comes once and in order, all data is JSON, and no program fails."""
    missing = {client.name: reason for client in clients if (reason := client.missing)}
    if present := [client for client in clients if client.name not in missing]:
        await live_through(ends, present, api, etl_bus, tmp_path)
    if missing:
        pytest.skip(f"the others pass, but these were not tested: {missing}")


def test_every_documented_program_runs_here() -> None:
    """No program of docs/clients.md is left out of the tests."""
    assert blocks("Clients of other projects").keys() == {client.heading for client in CLIENTS}


async def live_through(ends: Sequence[str], clients: Sequence[Client], api: Process, bus: Bus, folder: Path) -> None:
    """Run the clients while the server ends in these ways, films are published around each end, and all arrive.

    Args:
        ends: how the server ends, one after the other: "kill" or "terminate".
        clients: the clients to run at once.
        api: the server.
        bus: the connection for the films.
        folder: a folder for the clients.
    """
    url = f"{api.url}/api/movies/stream?last_event_id=earliest"
    with ExitStack() as stack:
        running = [stack.enter_context(client.running(url, folder)) for client in clients]
        films = 0
        for end in ends:
            films += await _publish(bus, films)
            await _arrive(running, films)
            async with anyio.create_task_group() as group:
                group.start_soon(_publish, bus, films)
                await run_sync(getattr(api, end))
            films += BATCH
            await run_sync(api.start)
            await _arrive(running, films)
        for client in running:
            assert client.films() == list(range(1, films + 1)), client.name


async def _publish(bus: Bus, published: int) -> int:
    """Publish the next films after those that are published. Return their number."""
    await publish(bus, *range(published + 1, published + BATCH + 1))
    return BATCH


async def _arrive(clients: list[RunningClient], films: int) -> None:
    """Wait until every client has printed the film with this number, and none has failed."""
    waiting = clients
    with anyio.move_on_after(60):
        while waiting := [client for client in waiting if client.films()[-1:] != [films] and not client.fault]:
            await anyio.sleep(0.05)
    faults = {client.name: client.fault for client in clients if client.fault}
    faults |= {client.name: f"no film {films}, but {client.events[-1:]}" for client in waiting}
    assert not faults
