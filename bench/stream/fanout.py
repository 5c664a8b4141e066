"""Fan-out: many open streams, and events that go to all of them."""

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from typing import Any

import anyio
from bench.stream.others import OTHERS
from bench.stream.ours import ours
from bench.stream.servers import Server, Start, cpu_of
from bench.stream.targets import Target

OURS, QUEUE, NCHAN = "cinestream", "queue per client", "nginx nchan"
_PATIENCE = 120
HEADER = """
| work | server | CPU µs per delivery | × ours | p50 / p99 ms | KB per idle client | complete | deliveries/s |
|---|---|---|---|---|---|---|---|"""


@dataclass(frozen=True)
class Work:
    """So many clients, so many events, at so many a second (0: all at once)."""

    name: str
    clients: int
    events: int
    rate: int


AT_ONCE = Work("500 clients, 1,000 events at once", 500, 1000, 0)
STEADY = Work("1,000 clients, 100 events/s", 1000, 500, 100)
MANY = Work("8,000 clients, 5 events/s", 8000, 30, 5)


async def run(work: Work, chosen: list[str]) -> list[Target]:
    """Do a work on every server, print a row for each, and say how far its targets were reached."""
    starts: dict[str, Start] = {OURS: ours} | {peer.name: peer.start for peer in OTHERS}
    missing = {peer.name: peer.missing for peer in OTHERS}
    got: dict[str, dict[str, Any]] = {}
    for name, start in starts.items():
        if chosen and name not in chosen:
            continue
        if name in missing and (reason := missing[name]()):
            print(f"| {work.name} | {name} | skipped: {reason} | | | | | |", flush=True)
            continue
        async with start() as server:
            got[name] = await measure(server, work)
        _show(name, work, got[name], got.get(OURS, got[name]))
    return _targets(work, got)


async def _publish(server: Server, work: Work) -> None:
    """Send the events of a work, on time."""
    if not work.rate:
        await server.publish(range(1, work.events + 1))
        return
    started = time.monotonic()
    for number in range(1, work.events + 1):
        await anyio.sleep(max(0.0, started + number / work.rate - time.monotonic()))
        await server.publish(range(number, number + 1))


async def measure(server: Server, work: Work) -> dict[str, Any]:
    """Do a work, and say what it cost."""
    idle = server.memory()
    arguments = [str(server.port), server.path, str(work.clients), str(work.events), str(_PATIENCE)]
    command = [sys.executable, "-m", "bench.stream.load", *arguments]
    load = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert load.stdout
    await load.stdout.readline()
    await anyio.sleep(1)
    per_client = (server.memory() - idle) / work.clients / 1024
    cpu, broker = server.cpu(), cpu_of(server.broker) if server.broker else 0.0
    await _publish(server, work)
    result: dict[str, Any] = json.loads(await load.stdout.readline())
    delivered = max(result["delivered"], 1)
    used = (server.cpu() - cpu) / delivered * 1e6
    beside = (cpu_of(server.broker) - broker) / delivered * 1e6 if server.broker else 0.0
    await load.wait()
    return result | {"cpu_us": used, "broker_us": beside, "idle_kb": per_client}


def _show(name: str, work: Work, got: dict[str, Any], reference: dict[str, Any]) -> None:
    """Print a row; the ratio is how many times as much CPU as ours it takes."""
    complete = f"{got['complete']}/{work.clients}" + ("" if got["in_order"] else " out of order")
    beside = f" (and {got['broker_us']:.2f} of the broker)" if got["broker_us"] else ""
    print(
        f"| {work.name} | {name} | {got['cpu_us']:.2f}{beside} | {got['cpu_us'] / max(reference['cpu_us'], 1e-9):.2f} "
        f"| {got['p50_ms']:.0f} / {got['p99_ms']:.0f} | {got['idle_kb']:.0f} | {complete} "
        f"| {got['delivered'] / max(got['seconds'], 1e-9):,.0f} |",
        flush=True,
    )


def _targets(work: Work, got: dict[str, dict[str, Any]]) -> list[Target]:
    if OURS not in got:
        return []
    mine, targets = got[OURS], list[Target]()

    def against(peer: str, limit: float) -> None:
        if peer in got:
            ratio = mine["cpu_us"] / max(got[peer]["cpu_us"], 1e-9)
            targets.append(Target(work.name, f"CPU per delivery, as a part of that of {peer}", ratio, limit))

    if work is AT_ONCE:
        against(NCHAN, 1 / 12)
        against(QUEUE, 1 / 80)
    elif work is STEADY:
        against(NCHAN, 0.75)
        targets.append(Target(work.name, "p99 latency, ms", mine["p99_ms"], 60))
    else:
        against(NCHAN, 1.2)
        targets.append(Target(work.name, "complete clients", mine["complete"], work.clients, least=True))
        targets.append(Target(work.name, "KB per idle connection", mine["idle_kb"], 25))
    return targets
