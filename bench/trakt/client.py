"""`python -m bench.trakt.client`: questions to a Trakt 100 ms away, by our client and by a sequential, uncached one."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import anyio
import httpx2
from bench.trakt.latency import serving

from cinestream_trakt_export.settings import Api, Cache, Checkpoints, Login, Performance, TraktSettings, Workers
from cinestream_trakt_export.trakt.client import Trakt, connected

FILMS = 1000
SAMPLE = 100  # questions of the sequential client, whose time per question does not change
ROUND = [
    *(f"/movies/{id}" for id in range(1, 101)),
    *(f"/movies/{id}?extended=full" for id in range(1, 101)),
    *("/users/settings", "/sync/last_activities", "/sync/ratings/movies", "/sync/watchlist/movies"),
]
ROUNDS = 50
WORKERS = 20


def settings_for(url: str, folder: Path) -> TraktSettings:
    """Our client with its limits lifted, and logged in."""
    token = {"access_token": "a", "refresh_token": "r", "expires_in": 86400, "created_at": int(time.time())}
    (folder / "token").write_text(json.dumps(token))
    return TraktSettings(
        api=Api(url=url, client_id="key", performance=Performance(rate_limit_per_sec=1000)),
        worker_pool=Workers(size=WORKERS),
        cache=Cache(dir=folder / "cache"),
        checkpoints=Checkpoints(dir=folder / "state"),
        login=Login(token_file=folder / "token"),
    )


def sequential(url: str, paths: Sequence[str]) -> list[float]:
    """Seconds of each question, one after the other over one connection, nothing kept."""
    with httpx2.Client() as http:
        return [_timed(lambda path=path: http.get(f"{url}{path}").raise_for_status()) for path in paths]  # type: ignore[misc]


def _timed(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def command(settings: TraktSettings) -> float:
    """Seconds that `cinestream-trakt details` takes for all films, its start included."""
    variables = {
        "API__URL": settings.api.url,
        "API__CLIENT_ID": "key",
        "API__PERFORMANCE__RATE_LIMIT_PER_SEC": "1000",
        "WORKER_POOL__SIZE": str(WORKERS),
        "CACHE__DIR": str(settings.cache.dir / "of-the-command"),
        "CHECKPOINTS__DIR": str(settings.checkpoints.dir),
        "LOGIN__TOKEN_FILE": str(settings.login.token_file),
    }
    environment = os.environ | {f"CINESTREAM_TRAKT_{name}": value for name, value in variables.items()}
    program = [str(Path(sys.executable).with_name("cinestream-trakt")), "details"]
    ids = "\n".join(str(id) for id in range(1, FILMS + 1)).encode()
    begun = time.perf_counter()
    done = subprocess.run(program, env=environment, input=ids, capture_output=True, check=True)
    seconds = time.perf_counter() - begun
    if done.stdout.count(b'"movie"') != FILMS:
        raise SystemExit("not every film was read")
    return seconds


async def repeated(settings: TraktSettings) -> tuple[list[float], Trakt]:
    """Seconds of each question of the mixed workload, one after the other, and the client that was asked."""
    seconds = []
    async with connected(settings) as trakt:
        for path in ROUND * ROUNDS:
            name, _, level = path.partition("?extended=")
            begun = time.perf_counter()
            await trakt.get(name, **({"extended": level} if level else {}))
            seconds.append(time.perf_counter() - begun)
        return seconds, trakt


def p95(seconds: Sequence[float]) -> float:
    """Milliseconds that 95 % of the questions did not exceed."""
    return 1000 * sorted(seconds)[int(len(seconds) * 0.95)]


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name, serving() as url:
        settings = settings_for(url, Path(name))
        plain = sequential(url, [f"/movies/{id}" for id in range(1, SAMPLE + 1)])
        ours = command(settings)
        plain_round = sequential(url, ROUND)
        seconds, trakt = anyio.run(repeated, settings)
    assert trakt.cache
    kept, questions, plain_rate = trakt.cache.cache.statistics, len(seconds), len(plain) / sum(plain)
    print(f"questions to a server that takes 100 ms for each, {WORKERS} workers, rates lifted")
    print(f"  {FILMS} distinct films by 'cinestream-trakt details': {FILMS / ours:.0f}/s")
    print(f"    one by one: {plain_rate:.1f}/s; throughput, ours / one by one: {FILMS / ours / plain_rate:.1f}")
    print(f"  mixed workload ({len(ROUND)} questions, 4 of them lists of the account, {ROUNDS} times)")
    print(f"    p95: {p95(seconds):.2f} ms, uncached {p95(plain_round):.1f} ms")
    print(f"    p95, ours / uncached: {p95(seconds) / p95(plain_round):.3f}")
    print(f"    from the cache: {kept.ratio:.1%}, without asking at all: {kept.hits / questions:.1%}")
    print(f"    requests: {trakt.requests} for {questions} questions, {1 - trakt.requests / questions:.1%} saved")


if __name__ == "__main__":
    main()
