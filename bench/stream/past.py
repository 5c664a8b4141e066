"""The past: clients that resume, and one that reads a long history."""

import asyncio
import json
import re
import sys
import urllib.error
import urllib.request
from typing import Any

import anyio
from bench.stream.ours import ours
from bench.stream.servers import Server
from bench.stream.targets import Target

_PATIENCE = 120
_STORED, _CLIENTS, _BACK = 10_000, 1000, 1000
_LONG = 100_000
_MIB = 1 << 20


async def resume() -> list[Target]:
    """1,000 clients resume 1,000 events back: out of the ring, then with a ring that holds nearly nothing."""
    targets: list[Target] = []
    for where, settings in (
        ("the ring", {}),
        ("history alone", {"CINESTREAM_STREAM_RING_EVENTS": "16"}),
    ):
        name = f"{_CLIENTS:,} clients resume {_BACK:,} events back, from {where}"
        async with ours(_STORED, **settings) as server:
            reads, cpu = _reads(server), server.cpu()
            got = await _load(server, _CLIENTS, _BACK, f"{_epoch(server)}-{_STORED - _BACK}")
            cpu, reads = server.cpu() - cpu, _reads(server) - reads
        speed = got["delivered"] / got["seconds"]
        print(
            f"{name}: {got['complete']} complete, {'in order' if got['in_order'] else 'OUT OF ORDER'}, "
            f"{got['seconds']:.2f} s, {reads:.0f} reads of JetStream, {cpu / got['delivered'] * 1e6:.2f} µs CPU per "
            f"delivery, {speed:,.0f} deliveries/s",
            flush=True,
        )
        targets += [
            Target(name, "clients complete and in order", got["complete"] * got["in_order"], _CLIENTS, least=True),
            Target(name, "reads of JetStream", reads, 50),
            Target(name, "deliveries/s", speed, 300_000, least=True),
        ]
    return targets


async def history() -> list[Target]:
    """One client reads 100,000 events from the first on, twice: the second time nothing more may be held."""
    name = f"one client, history of {_LONG:,} events"
    async with ours(_LONG) as server:
        await _scanned(server)
        before = server.memory()
        first = await _load(server, 1, _LONG, f"{_epoch(server)}-0")
        between = server.memory()
        second = await _load(server, 1, _LONG, f"{_epoch(server)}-0")
        after = server.memory()
    print(
        f"{name}: first film after {first['first_ms']:.0f} ms, then {second['first_ms']:.0f} ms; "
        f"{first['delivered'] / first['seconds']:,.0f} events/s; memory {before / _MIB:.0f} MiB before, "
        f"{between / _MIB:.0f} after the first time, {after / _MIB:.0f} after the second",
        flush=True,
    )
    return [
        Target(name, "events, complete and in order", first["delivered"] * first["in_order"], _LONG, least=True),
        Target(name, "first film, ms", max(first["first_ms"], second["first_ms"]), 50),
        Target(name, "memory after, MiB more than before (the cache's 64 and a tenth)", (between - before) / _MIB, 70),
        Target(name, "memory after a second time, MiB more than after the first", (after - between) / _MIB, 7),
    ]


async def _load(server: Server, clients: int, events: int, last_event_id: str) -> dict[str, Any]:
    arguments = [str(server.port), server.path, str(clients), str(events), str(_PATIENCE), last_event_id]
    command = [sys.executable, "-m", "bench.stream.load", *arguments]
    load = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    said, _ = await load.communicate()
    got: dict[str, Any] = json.loads(said.splitlines()[-1])
    return got


def _epoch(server: Server) -> str:
    """That of the server's ids, out of the first block of a stream."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{server.path}", timeout=10) as stream:
        for line in stream:
            if line.startswith(b"id: "):
                return str(line[4:].decode().partition("-")[0])
    raise RuntimeError("the stream gave no id")


def _reads(server: Server) -> float:
    """Reads of JetStream so far that were made for clients."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.ops}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    found = re.search(r'^cinestream_stream_history_reads_total\{purpose="page"\} (\S+)', text, re.MULTILINE)
    return float(found[1]) if found else 0.0


async def _scanned(server: Server) -> None:
    """Wait until the index of films is built, which also reads all of history."""
    with anyio.fail_after(_PATIENCE):
        while not _has_index(server):
            await anyio.sleep(0.1)


def _has_index(server: Server) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{server.port}/api/stats", timeout=10).close()
    except urllib.error.HTTPError:
        return False
    return True
