"""`make bench-stream`: the works, each on every server, and a table of what they cost.

`python -m bench.stream [SERVER …]` runs only these servers, by the first word of their names.
"""

import asyncio
import json
import resource
import sys
import time
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import anyio
from bench.stream.servers import Server, available

_PATIENCE = 40


@dataclass(frozen=True)
class Work:
    """So many clients, so many events, at so many a second (0: all at once)."""

    name: str
    clients: int
    events: int
    rate: int


WORKS = (
    Work("500 clients, 1,000 events at once", 500, 1000, 0),
    Work("1,000 clients, 100 events/s", 1000, 500, 100),
    Work("8,000 clients, 5 events/s", 8000, 30, 5),
)


async def publish(server: Server, work: Work) -> None:
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
    await anyio.sleep(0.5)
    per_client = (server.memory() - idle) / work.clients / 1024
    cpu = server.cpu()
    await publish(server, work)
    result: dict[str, Any] = json.loads(await load.stdout.readline())
    used = server.cpu() - cpu
    await load.wait()
    return result | {"cpu_us": used / max(result["delivered"], 1) * 1e6, "idle_kb": per_client}


def show(name: str, work: Work, got: dict[str, Any], reference: dict[str, Any]) -> None:
    """Print a row; the ratio is how many times as much CPU as ours it takes."""
    complete = f"{got['complete']}/{work.clients}" + ("" if got["in_order"] else " out of order")
    print(
        f"| {name} | {got['cpu_us']:.2f} | {got['cpu_us'] / max(reference['cpu_us'], 1e-9):.2f} "
        f"| {got['p50_ms']:.0f} / {got['p99_ms']:.0f} | {got['idle_kb']:.0f} | {complete} "
        f"| {got['delivered'] / max(got['seconds'], 1e-9):,.0f} |",
        flush=True,
    )


async def main() -> None:
    """The command."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    chosen = sys.argv[1:]
    servers = {n: s for n, s in available().items() if not chosen or n.split()[0] in chosen or n.split()[-1] in chosen}
    for work in WORKS:
        print(f"\n{work.name}\n")
        print("| server | CPU µs per delivery | × ours | p50 / p99 ms | KB per idle client | complete | deliveries/s |")
        print("|---|---|---|---|---|---|---|", flush=True)
        reference: dict[str, Any] = {}
        for name, start in servers.items():
            context: AbstractAsyncContextManager[Server] = start()
            async with context as server:
                got = await measure(server, work)
            reference = reference or got
            show(name, work, got, reference)


if __name__ == "__main__":
    anyio.run(main, backend_options={"use_uvloop": True})
