"""The replay scenarios: clients that resume, and one client that reads a long history."""

import re
import urllib.error
import urllib.request

import anyio
from bench.goals import Goal
from bench.stream.load_process import LoadProcess, LoadResult
from bench.stream.own_server import own_server
from bench.stream.server import MeasuredServer

_INDEX_TIMEOUT_SECONDS = 120
_STORED, _CLIENTS, _BACK = 10_000, 1000, 1000
_LONG = 100_000
_MIB = 1 << 20


async def resume() -> list[Goal]:
    """Let 1,000 clients resume 1,000 events back: first from the ring, then with a ring that is nearly empty."""
    goals: list[Goal] = []
    for source, settings in (
        ("the ring", {}),
        ("history alone", {"CINESTREAM_STREAM_RING_EVENTS": "16"}),
    ):
        name = f"{_CLIENTS:,} clients resume {_BACK:,} events back, from {source}"
        async with own_server(_STORED, **settings) as server:
            reads, cpu = _history_reads(server), server.cpu()
            result = await _load(server, _CLIENTS, _BACK, f"{_epoch(server)}-{_STORED - _BACK}")
            cpu, reads = server.cpu() - cpu, _history_reads(server) - reads
        rate = result.delivered / result.seconds
        print(
            f"{name}: {result.complete} complete, {'in order' if result.in_order else 'OUT OF ORDER'}, "
            f"{result.seconds:.2f} s, {reads:.0f} reads of JetStream, {cpu / result.delivered * 1e6:.2f} µs CPU per "
            f"delivery, {rate:,.0f} deliveries/s",
            flush=True,
        )
        complete = result.complete * result.in_order
        goals += [
            Goal(name, "clients complete and in order", complete, _CLIENTS, minimum=True),
            Goal(name, "reads of JetStream", reads, 50),
            Goal(name, "deliveries/s", rate, 300_000, minimum=True),
        ]
    return goals


async def history() -> list[Goal]:
    """Let one client read 100,000 events from the first on, twice. The second time must need no more memory."""
    name = f"one client, history of {_LONG:,} events"
    async with own_server(_LONG) as server:
        await _wait_for_index(server)
        before = server.memory()
        first = await _load(server, 1, _LONG, f"{_epoch(server)}-0")
        between = server.memory()
        second = await _load(server, 1, _LONG, f"{_epoch(server)}-0")
        after = server.memory()
    print(
        f"{name}: first film after {first.first_ms:.0f} ms, then {second.first_ms:.0f} ms; "
        f"{first.delivered / first.seconds:,.0f} events/s; memory {before / _MIB:.0f} MiB before, "
        f"{between / _MIB:.0f} after the first time, {after / _MIB:.0f} after the second",
        flush=True,
    )
    return [
        Goal(name, "events, complete and in order", first.delivered * first.in_order, _LONG, minimum=True),
        Goal(name, "first film, ms", max(first.first_ms, second.first_ms), 50),
        Goal(name, "memory after, MiB more than before (the cache's 64 and a tenth)", (between - before) / _MIB, 70),
        Goal(name, "memory after a second time, MiB more than after the first", (after - between) / _MIB, 7),
    ]


async def _load(server: MeasuredServer, clients: int, events: int, last_event_id: str) -> LoadResult:
    load = await LoadProcess.start(server, clients, events, last_event_id)
    await load.wait_open()
    result = await load.result()
    await load.wait()
    return result


def _epoch(server: MeasuredServer) -> str:
    """Return the epoch of the server's event ids, from the first event of a stream."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{server.path}", timeout=10) as stream:
        for line in stream:
            if line.startswith(b"id: "):
                return str(line[4:].decode().partition("-")[0])
    raise RuntimeError("the stream sent no id")


def _history_reads(server: MeasuredServer) -> float:
    """Return how many reads of JetStream the server has made for clients."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.ops_port}/metrics", timeout=10) as response:
        text = response.read().decode()
    found = re.search(r'^cinestream_stream_history_reads_total\{purpose="page"\} (\S+)', text, re.MULTILINE)
    return float(found[1]) if found else 0.0


async def _wait_for_index(server: MeasuredServer) -> None:
    """Wait until the server has built its index of films, which reads all of history too."""
    with anyio.fail_after(_INDEX_TIMEOUT_SECONDS):
        while not _has_index(server):
            await anyio.sleep(0.1)


def _has_index(server: MeasuredServer) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{server.port}/api/stats", timeout=10).close()
    except urllib.error.HTTPError:
        return False
    return True
