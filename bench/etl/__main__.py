"""`make bench-etl`: what a page costs, and what the workers do; `python -m bench.etl [WORK …]` does only these.

parse: milliseconds per real modern page, best of some rounds, each way in turn; and plots per second. throughput,
latency, kill: real processes, a real broker. Pages are those in `$CINESTREAM_SAMPLES` (default: `../shared`).
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import anyio
import orjson
from bench.etl import soup
from bench.etl.films import modern_messages
from bench.etl.killing import killing
from bench.etl.latency import latency
from bench.etl.throughput import throughput
from bench.stream.targets import Target, show_targets

from cinestream.contracts import Envelope, RawPage
from cinestream.contracts.page import html_bytes
from cinestream_etl.stages.film import Film, only_film, read_page
from cinestream_etl.tone.model import tone

ROUNDS = 5
NOW = datetime.now(UTC)


def floor(envelope: Envelope) -> object:
    """Decompress, find the script, and read its JSON: nothing can do less."""
    html = html_bytes(envelope)
    start = html.find(b">", html.find(b"__NEXT_DATA__")) + 1
    return orjson.loads(html[start : html.find(b"</script", start)])


def etl(envelope: Envelope) -> object:
    """What the worker does of a page until it knows the film."""
    page = RawPage.decode(Envelope(envelope.headers, b""))
    return read_page(html_bytes(envelope), requested=page.id, page_time=page.fetched_at)


def movie(envelope: Envelope) -> object:
    """The same, enriched and written as the message that clients get."""
    read = etl(envelope)
    return only_film(read).encode(page_time=NOW) if isinstance(read, Film) else None


def usual(envelope: Envelope) -> object:
    """BeautifulSoup and lxml."""
    return soup.read(html_bytes(envelope))


def milliseconds(way: Callable[[Envelope], object], pages: list[Envelope], rounds: int = ROUNDS) -> float:
    """CPU time per page, of the best round."""
    best = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        for page in pages:
            way(page)
        best = min(best, time.process_time() - started)
    return best / len(pages) * 1000


def plots_per_second(pages: list[Envelope]) -> float:
    """How many plots of the pages are heard in a second."""
    films = [read for page in pages if isinstance(read := etl(page), Film)]
    plots = [(film.title.plot, film.title.genres) for film in films] * 200
    started = time.process_time()
    for plot, genres in plots:
        tone(plot, genres)
    return len(plots) / (time.process_time() - started)


def parsing() -> list[Target]:
    """Measure what a page costs, and print the table."""
    pages = modern_messages()
    least = milliseconds(floor, pages)
    rows = [
        ("floor: zstd, find, orjson", least),
        ("etl: parsed and validated", milliseconds(etl, pages)),
        ("etl: enriched and encoded too", milliseconds(movie, pages)),
        ("BeautifulSoup + lxml", milliseconds(usual, pages, rounds=1)),
    ]
    print(f"{len(pages)} real modern pages, CPU time per page")
    for name, cost in rows:
        print(f"{name:<32}{cost:>8.2f} ms{cost / least:>8.2f} x the floor")
    print(f"{'tone':<32}{plots_per_second(pages):>8,.0f} plots/s", flush=True)
    return [
        Target("parse", "times the floor", rows[1][1] / least, 2.5),
        Target("parse", "times faster than BeautifulSoup", rows[3][1] / rows[1][1], 15, least=True),
    ]


async def main() -> None:
    """Measure what is asked for, by default all of it."""
    works = sys.argv[1:] or ["parse", "throughput", "latency", "kill"]
    targets: list[Target] = []
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start", flush=True)
    if "parse" in works:
        targets += parsing()
    if "throughput" in works:
        targets.append(Target("throughput", "pages/s on one core", await throughput(1500, 1), 250, least=True))
        await throughput(1500, 2)
        print(f"the floor at this moment: {milliseconds(floor, modern_messages()):.2f} ms of CPU a page", flush=True)
    if "latency" in works:
        p50, p99 = await latency(1000, 50)
        targets += [Target("latency", "p50, ms", p50, 20), Target("latency", "p99, ms", p99, 80)]
    if "kill" in works:
        targets.append(Target("kill", "all right after a minute of kills", await killing(60), 1, least=True))
    show_targets(targets)


if __name__ == "__main__":
    anyio.run(main, backend_options={"use_uvloop": True})
