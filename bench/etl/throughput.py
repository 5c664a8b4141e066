"""Pages -> MOVIES per second: distinct films, all on disk and acknowledged, each worker on a core of its own."""

import time
from contextlib import ExitStack

from bench.etl.films import distinct
from bench.etl.parts import broker, publish, stored, worker
from bench.stream.servers import cpu_of

_WARM = 100


async def throughput(pages: int, workers: int) -> float:
    """Pages per second of so many workers, each on a core of its own; prints what they cost."""
    async with broker() as (url, server, bus):
        await publish(bus, distinct(pages))
        with ExitStack() as stack:
            processes = [stack.enter_context(worker(url, core=core)) for core in range(workers)]
            await stored(bus, "MOVIES", _WARM)
            begin, held = time.perf_counter(), (await bus.stream_state("MOVIES")).messages
            before = sum(cpu_of(p.pid) for p in processes), cpu_of(server)
            await stored(bus, "MOVIES", pages)
            took, done = time.perf_counter() - begin, pages - held
            costs = sum(cpu_of(p.pid) for p in processes) - before[0], cpu_of(server) - before[1]
    rate = done / took
    each = [f"{cost / done * 1000:.2f} ms" for cost in costs]
    print(
        f"{workers} worker(s): {rate:,.0f} pages/s; CPU per page: workers {each[0]}, nats-server {each[1]}", flush=True
    )
    return rate
