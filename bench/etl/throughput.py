"""Throughput from PAGES to MOVIES.

The films are distinct, every write is synced to disk, and each worker runs on a core of its own.
"""

import time
from contextlib import ExitStack

from bench.etl.sample_pages import distinct_films
from bench.etl.services import broker, publish, wait_stored, worker
from bench.processes import cpu_seconds

_WARM_UP = 100
"""Films before the measurement starts."""


async def throughput(pages: int, workers: int) -> float:
    """Return the pages per second of so many workers, and print their CPU time per page."""
    async with broker() as (url, server, bus):
        await publish(bus, distinct_films(pages))
        with ExitStack() as stack:
            processes = [stack.enter_context(worker(url, core=core)) for core in range(workers)]
            await wait_stored(bus, "MOVIES", _WARM_UP)
            begin, held = time.perf_counter(), (await bus.stream_state("MOVIES")).messages
            before = sum(cpu_seconds(p.pid) for p in processes), cpu_seconds(server)
            await wait_stored(bus, "MOVIES", pages)
            took, done = time.perf_counter() - begin, pages - held
            costs = sum(cpu_seconds(p.pid) for p in processes) - before[0], cpu_seconds(server) - before[1]
    rate = done / took
    each = [f"{cost / done * 1000:.2f} ms" for cost in costs]
    print(
        f"{workers} worker(s): {rate:,.0f} pages/s; CPU per page: workers {each[0]}, nats-server {each[1]}", flush=True
    )
    return rate
