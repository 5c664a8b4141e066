"""The command `make bench-etl`: measure the cost of a page, and the throughput, latency and safety of the workers.

python -m bench.etl [MEASUREMENT ...]

`parse` measures the CPU time per real page in one process, and plots per second.
`throughput`, `latency` and `kill` use real processes and a real nats-server.
The pages are those in `$CINESTREAM_SAMPLES` (default: `../shared`).
"""

import argparse
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime

import anyio
import orjson
from bench.etl import beautifulsoup
from bench.etl.latency import latency
from bench.etl.sample_pages import modern_messages
from bench.etl.throughput import throughput
from bench.etl.worker_kills import survives_kills
from bench.goals import Goal, print_goals

from cinestream.contracts import Envelope
from cinestream.contracts.page import PageHeaders, html_bytes
from cinestream_etl.stages.film import complete_alone, describe
from cinestream_etl.stages.page import TitlePage, read_page
from cinestream_etl.tone.model import classify_tone

ROUNDS = 5
NOW = datetime.now(UTC)
MEASUREMENTS = ("parse", "throughput", "latency", "kill")


def floor(envelope: Envelope) -> object:
    """Decompress the page, find the script and parse its JSON. No reader can do less."""
    html = html_bytes(envelope)
    start = html.find(b">", html.find(b"__NEXT_DATA__")) + 1
    return orjson.loads(html[start : html.find(b"</script", start)])


def parse(envelope: Envelope) -> TitlePage:
    """Parse and validate the page as the worker does."""
    headers = PageHeaders.decode(envelope)
    return read_page(html_bytes(envelope), requested=headers.id, page_time=headers.fetched_at)


def enrich(envelope: Envelope) -> object:
    """Parse the page, and also enrich and encode the movie."""
    page = parse(envelope)
    return complete_alone(describe(page, classify_tone)).encode(page_time=NOW) if page.is_film else None


def parse_with_soup(envelope: Envelope) -> object:
    """Parse the page with BeautifulSoup and lxml."""
    return beautifulsoup.read(html_bytes(envelope))


def milliseconds(reader: Callable[[Envelope], object], pages: list[Envelope], rounds: int = ROUNDS) -> float:
    """Return the CPU time per page of the best round, in milliseconds."""
    best = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        for page in pages:
            reader(page)
        best = min(best, time.process_time() - started)
    return best / len(pages) * 1000


def plots_per_second(pages: list[Envelope]) -> float:
    """Return how many plots of the pages are classified per second of CPU time."""
    films = [page for message in pages if (page := parse(message)).is_film]
    plots = [(film.title.plot, film.title.genres) for film in films] * 200
    started = time.process_time()
    for plot, genres in plots:
        classify_tone(plot, genres)
    return len(plots) / (time.process_time() - started)


def measure_parsing() -> list[Goal]:
    """Measure the cost of a page, print a table, and return the goals."""
    pages = modern_messages()
    minimum = milliseconds(floor, pages)
    rows = [
        ("floor: zstd, find, orjson", minimum),
        ("etl: parsed and validated", milliseconds(parse, pages)),
        ("etl: enriched and encoded too", milliseconds(enrich, pages)),
        ("BeautifulSoup + lxml", milliseconds(parse_with_soup, pages, rounds=1)),
    ]
    print(f"{len(pages)} real modern pages, CPU time per page")
    for name, cost in rows:
        print(f"{name:<32}{cost:>8.2f} ms{cost / minimum:>8.2f} x the floor")
    print(f"{'tone':<32}{plots_per_second(pages):>8,.0f} plots/s", flush=True)
    return [
        Goal("parse", "times the floor", rows[1][1] / minimum, 2.5),
        Goal("parse", "times faster than BeautifulSoup", rows[3][1] / rows[1][1], 15, minimum=True),
    ]


async def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser("python -m bench.etl")
    parser.add_argument("measurements", nargs="*", metavar="MEASUREMENT", help=f"default: {' '.join(MEASUREMENTS)}")
    chosen = parser.parse_args().measurements or MEASUREMENTS
    if unknown := set(chosen) - set(MEASUREMENTS):
        parser.error(f"unknown measurements: {', '.join(sorted(unknown))}")
    goals: list[Goal] = []
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start", flush=True)
    if "parse" in chosen:
        goals += measure_parsing()
    if "throughput" in chosen:
        goals.append(Goal("throughput", "pages/s on one core", await throughput(1500, 1), 250, minimum=True))
        await throughput(1500, 2)
        print(f"the floor at this moment: {milliseconds(floor, modern_messages()):.2f} ms of CPU a page", flush=True)
    if "latency" in chosen:
        p50, p99 = await latency(1000, 50)
        goals += [Goal("latency", "p50, ms", p50, 20), Goal("latency", "p99, ms", p99, 80)]
    if "kill" in chosen:
        goals.append(Goal("kill", "all right after a minute of kills", await survives_kills(60), 1, minimum=True))
    print_goals(goals)


if __name__ == "__main__":
    anyio.run(main, backend_options={"use_uvloop": True})
