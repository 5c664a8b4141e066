"""The fan-out scenarios: many open streams, and events that go to all of them."""

import time
from dataclasses import dataclass

import anyio
from bench.goals import Goal
from bench.processes import cpu_seconds
from bench.stream.load_process import LoadProcess, LoadResult
from bench.stream.own_server import own_server
from bench.stream.peer_servers import PEERS
from bench.stream.server import MeasuredServer, Start

CINESTREAM, QUEUE, NCHAN = "cinestream", "queue per client", "nginx nchan"
HEADER = """
| scenario | server | CPU µs per delivery | × ours | p50 / p99 ms | KB per idle client | complete | deliveries/s |
|---|---|---|---|---|---|---|---|"""


@dataclass(frozen=True)
class Scenario:
    """Numbers of clients and events, and the events per second (0: all at once)."""

    name: str
    clients: int
    events: int
    rate: int


AT_ONCE = Scenario("500 clients, 1,000 events at once", 500, 1000, 0)
STEADY = Scenario("1,000 clients, 100 events/s", 1000, 500, 100)
MANY = Scenario("8,000 clients, 5 events/s", 8000, 30, 5)


@dataclass(frozen=True)
class Measurement:
    """The result of one server, with the CPU time per delivery of the server and of its broker."""

    load: LoadResult
    cpu_us: float
    broker_us: float
    idle_kb: float


async def run(scenario: Scenario, chosen: list[str]) -> list[Goal]:
    """Run a scenario on the chosen servers (all if none is chosen). Print a row for each, and return the goals."""
    starts: dict[str, Start] = {CINESTREAM: own_server} | {peer.name: peer.start for peer in PEERS}
    missing = {peer.name: peer.missing for peer in PEERS}
    results: dict[str, Measurement] = {}
    for name, start in starts.items():
        if chosen and name not in chosen:
            continue
        if name in missing and (reason := missing[name]()):
            print(f"| {scenario.name} | {name} | skipped: {reason} | | | | | |", flush=True)
            continue
        async with start() as server:
            results[name] = await measure(server, scenario)
        _print_row(name, scenario, results[name], results.get(CINESTREAM, results[name]))
    return _goals(scenario, results)


async def measure(server: MeasuredServer, scenario: Scenario) -> Measurement:
    """Run a scenario on a server."""
    memory = server.memory()
    load = await LoadProcess.start(server, scenario.clients, scenario.events)
    await load.wait_open()
    # The server may still finish its work for the last connections.
    await anyio.sleep(1)
    idle_kb = (server.memory() - memory) / scenario.clients / 1024
    cpu, broker_cpu = server.cpu(), _broker_cpu(server)
    await _publish(server, scenario)
    result = await load.result()
    delivered = max(result.delivered, 1)
    cpu_us = (server.cpu() - cpu) / delivered * 1e6
    broker_us = (_broker_cpu(server) - broker_cpu) / delivered * 1e6
    await load.wait()
    return Measurement(result, cpu_us, broker_us, idle_kb)


def _broker_cpu(server: MeasuredServer) -> float:
    return cpu_seconds(server.broker_pid) if server.broker_pid else 0.0


async def _publish(server: MeasuredServer, scenario: Scenario) -> None:
    """Publish the events at the scenario's rate."""
    if not scenario.rate:
        await server.publish(range(1, scenario.events + 1))
        return
    started = time.monotonic()
    for number in range(1, scenario.events + 1):
        await anyio.sleep(max(0.0, started + number / scenario.rate - time.monotonic()))
        await server.publish(range(number, number + 1))


def _print_row(name: str, scenario: Scenario, measured: Measurement, reference: Measurement) -> None:
    """Print a row. The column "× ours" is the CPU time relative to the reference."""
    load = measured.load
    complete = f"{load.complete}/{scenario.clients}" + ("" if load.in_order else " out of order")
    broker = f" (and {measured.broker_us:.2f} of the broker)" if measured.broker_us else ""
    ratio = measured.cpu_us / max(reference.cpu_us, 1e-9)
    print(
        f"| {scenario.name} | {name} | {measured.cpu_us:.2f}{broker} | {ratio:.2f} "
        f"| {load.p50_ms:.0f} / {load.p99_ms:.0f} | {measured.idle_kb:.0f} | {complete} "
        f"| {load.delivered / max(load.seconds, 1e-9):,.0f} |",
        flush=True,
    )


def _goals(scenario: Scenario, results: dict[str, Measurement]) -> list[Goal]:
    if CINESTREAM not in results:
        return []
    own, goals = results[CINESTREAM], list[Goal]()

    def compare(peer: str, limit: float) -> None:
        if peer in results:
            ratio = own.cpu_us / max(results[peer].cpu_us, 1e-9)
            goals.append(Goal(scenario.name, f"CPU per delivery, as a part of that of {peer}", ratio, limit))

    if scenario is AT_ONCE:
        compare(NCHAN, 1 / 12)
        compare(QUEUE, 1 / 80)
    elif scenario is STEADY:
        compare(NCHAN, 0.75)
        goals.append(Goal(scenario.name, "p99 latency, ms", own.load.p99_ms, 60))
    else:
        compare(NCHAN, 1.2)
        goals.append(Goal(scenario.name, "complete clients", own.load.complete, scenario.clients, minimum=True))
        goals.append(Goal(scenario.name, "KB per idle connection", own.idle_kb, 25))
    return goals
