"""Latency from the PubAck of a raw page to the event that an SSE client receives."""

import time

import anyio
from bench.etl.sample_pages import distinct_films
from bench.etl.services import broker, publish, stream, wait_stored, worker

_MARK = b'data: {"id":"'


async def latency(pages: int, per_second: int) -> tuple[float, float]:
    """Publish pages at a steady rate. Return p50 and p99 of the latency in milliseconds."""
    published: dict[bytes, float] = {}
    arrived: dict[bytes, float] = {}
    films = list(distinct_films(pages + 20))
    warm, films = films[:20], films[20:]
    encoded = [(page.id.encode(), page.subject, page.encode()) for page in films]
    async with broker() as (url, _, bus):
        with worker(url), stream(url) as port:
            async with anyio.create_task_group() as group:
                group.start_soon(_listen, port, arrived)
                await publish(bus, iter(warm))
                await wait_stored(bus, "MOVIES", len(warm))
                begin = time.perf_counter()
                for number, (id, subject, envelope) in enumerate(encoded):
                    await anyio.sleep(max(0, begin + number / per_second - time.perf_counter()))
                    await bus.publish(subject, envelope)
                    published[id] = time.perf_counter()
                with anyio.fail_after(60):
                    while not published.keys() <= arrived.keys():
                        await anyio.sleep(0.05)
                group.cancel_scope.cancel()
    latencies = sorted((arrived[id] - published[id]) * 1000 for id in published)
    p50, p99 = latencies[len(latencies) // 2], latencies[int(len(latencies) * 0.99)]
    print(
        f"PubAck -> event, {per_second} pages/s: p50 {p50:.1f} ms, p99 {p99:.1f} ms, max {latencies[-1]:.1f} ms",
        flush=True,
    )
    return p50, p99


async def _listen(port: int, arrived: dict[bytes, float]) -> None:
    async with await anyio.connect_tcp("127.0.0.1", port) as connection:
        await connection.send(b"GET /api/movies/stream?last_event_id=earliest HTTP/1.1\r\nHost: localhost\r\n\r\n")
        buffer = b""
        while True:
            *lines, buffer = (buffer + await connection.receive()).split(b"\n")
            for line in lines:
                if line.startswith(_MARK):
                    arrived.setdefault(line[len(_MARK) :].partition(b'"')[0], time.perf_counter())
