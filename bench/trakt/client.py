"""The client of the exporter against a sequential client without cache: `python -m bench.trakt.client`.

The server takes 100 ms for each response.
"""

import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import anyio
import httpx2
from bench.trakt.distant_server import serve_distant
from bench.trakt.exporter import COMMAND, environment, write_token

from cinestream_trakt_export.settings import Api, Cache, Checkpoints, Login, Performance, TraktSettings, Workers
from cinestream_trakt_export.trakt.client import Trakt, connected

FILMS = 1000
SAMPLE = 100
"""Requests of the sequential client. Its time per request does not depend on their number."""
ROUND = [
    *(f"/movies/{id}" for id in range(1, 101)),
    *(f"/movies/{id}?extended=full" for id in range(1, 101)),
    *("/users/settings", "/sync/last_activities", "/sync/ratings/movies", "/sync/watchlist/movies"),
]
ROUNDS = 50
WORKERS = 20


def settings_for(url: str, folder: Path) -> TraktSettings:
    """Return settings of the client: logged in, and without its rate limit."""
    return TraktSettings(
        api=Api(url=url, client_id="key", performance=Performance(rate_limit_per_sec=1000)),
        worker_pool=Workers(size=WORKERS),
        cache=Cache(dir=folder / "cache"),
        checkpoints=Checkpoints(dir=folder / "state"),
        login=Login(token_file=write_token(folder)),
    )


def sequential(url: str, paths: Sequence[str]) -> list[float]:
    """Return the seconds of each request: one after the other, over one connection, without cache."""
    with httpx2.Client() as http:
        return [_timed(lambda path=path: http.get(f"{url}{path}").raise_for_status()) for path in paths]  # type: ignore[misc]


def _timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def details_seconds(url: str, folder: Path) -> float:
    """Return the seconds of `cinestream-trakt details` for all films, its start included.

    Raises:
        SystemExit: the command did not read every film.
    """
    cache = str(folder / "cache-of-the-command")
    variables = environment(url, folder, WORKER_POOL__SIZE=str(WORKERS), CACHE__DIR=cache)
    ids = "\n".join(str(id) for id in range(1, FILMS + 1)).encode()
    started = time.perf_counter()
    done = subprocess.run([COMMAND, "details"], env=variables, input=ids, capture_output=True, check=True)
    seconds = time.perf_counter() - started
    if done.stdout.count(b'"movie"') != FILMS:
        raise SystemExit("not every film was read")
    return seconds


async def repeated(settings: TraktSettings) -> tuple[list[float], Trakt]:
    """Run the mixed workload. Return the seconds of each request, and the client with its statistics."""
    seconds = []
    async with connected(settings) as trakt:
        for path in ROUND * ROUNDS:
            name, _, level = path.partition("?extended=")
            started = time.perf_counter()
            await trakt.get(name, **({"extended": level} if level else {}))
            seconds.append(time.perf_counter() - started)
        return seconds, trakt


def p95(seconds: Sequence[float]) -> float:
    """Return the 95th percentile in milliseconds."""
    return 1000 * sorted(seconds)[int(len(seconds) * 0.95)]


def main() -> None:
    """Run the command line."""
    with tempfile.TemporaryDirectory() as name, serve_distant() as url:
        settings = settings_for(url, Path(name))
        plain = sequential(url, [f"/movies/{id}" for id in range(1, SAMPLE + 1)])
        ours = details_seconds(url, Path(name))
        plain_round = sequential(url, ROUND)
        seconds, trakt = anyio.run(repeated, settings)
    assert trakt.cache
    cached, requests, plain_rate = trakt.cache.cache.statistics, len(seconds), len(plain) / sum(plain)
    print(f"requests to a server that takes 100 ms for each, {WORKERS} workers, rates lifted")
    print(f"  {FILMS} distinct films by 'cinestream-trakt details': {FILMS / ours:.0f}/s")
    print(f"    one by one: {plain_rate:.1f}/s; throughput, ours / one by one: {FILMS / ours / plain_rate:.1f}")
    print(f"  mixed workload ({len(ROUND)} requests, 4 of them lists of the account, {ROUNDS} times)")
    print(f"    p95: {p95(seconds):.2f} ms, uncached {p95(plain_round):.1f} ms")
    print(f"    p95, ours / uncached: {p95(seconds) / p95(plain_round):.3f}")
    print(f"    from the cache: {cached.ratio:.1%}, without any request: {cached.hits / requests:.1%}")
    print(f"    requests: {trakt.requests} sent for {requests}, {1 - trakt.requests / requests:.1%} saved")


if __name__ == "__main__":
    main()
