"""How the exporter is: what a running service says of itself, or what the last run left behind."""

import os
import resource
import sys
import time
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

import orjson

from cinestream_flow import atomic
from cinestream_trakt_export import metrics
from cinestream_trakt_export.cli.language import translate
from cinestream_trakt_export.settings import TraktSettings
from cinestream_trakt_export.trakt.client import Trakt

FILE = "last-run.json"
_DIRECT = build_opener(ProxyHandler({}))  # our own service is on this machine


def facts(trakt: Trakt) -> dict[str, Any]:
    """All of it, ready for JSON; times are seconds unless their names say otherwise."""
    cache, pool, limit = trakt.cache, trakt.pool, trakt.limit
    found = trakt.statistics.facts() | {
        "breaker": trakt.breaker.state.value,
        "pool": {"size": pool.size, "busy": pool.busy, "queued": pool.queued, "rejected": pool.rejected},
        "limiter": {
            "waits": limit.waits,
            "waited_seconds": round(limit.waited, 3),
            "paused_for_seconds": round(limit.paused_for, 1),
        },
        "cpu_seconds": round(time.process_time(), 2),
        "memory_bytes": _memory(),
    }
    if cache:
        answers, size = cache.cache.store.size
        found["cache"] = cache.cache.statistics.facts() | {"answers": answers, "bytes": size}
    if error := found["last_error"]:
        found["last_error"] = {**error, "reason": translate(error["reason"])}
    return found


def gauges(trakt: Trakt) -> None:
    """Let the metrics of what is now say so whenever they are read."""
    metrics.BREAKER_OPEN.set_function(lambda: {"closed": 0.0, "half-open": 0.5}.get(trakt.breaker.state.value, 1.0))
    metrics.POOL_BUSY.set_function(lambda: trakt.pool.busy)
    metrics.POOL_QUEUED.set_function(lambda: trakt.pool.queued)
    metrics.POOL_REJECTED.set_function(lambda: trakt.pool.rejected)
    metrics.LIMITER_SECONDS.set_function(lambda: trakt.limit.waited)
    if trakt.cache:
        cache = trakt.cache.cache
        metrics.CACHE_EVICTIONS.set_function(lambda: cache.statistics.evictions)
        metrics.CACHE_BYTES.set_function(lambda: cache.store.size[1])


def save(trakt: Trakt, settings: TraktSettings) -> None:
    """Leave the facts behind for `health`; a disk that does not take them is no reason to fail."""
    if not trakt.statistics.enabled or not trakt.requests:
        return
    found = {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())} | facts(trakt)
    try:
        settings.checkpoints.dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        atomic.write(settings.checkpoints.dir / FILE, orjson.dumps(found), mode=0o600)
    except OSError as error:
        sys.stderr.write(f"{error}\n")


def last(settings: TraktSettings, ops: str) -> tuple[str, dict[str, Any]] | None:
    """Where the facts are from (the service at `ops`, or the last run), and the facts; None when there are none."""
    try:
        with _DIRECT.open(f"{ops}/health", timeout=5) as answer:
            return "service", dict(orjson.loads(answer.read()))
    except (OSError, HTTPException, ValueError):
        pass
    path: Path = settings.checkpoints.dir / FILE
    try:
        return "last run", dict(orjson.loads(path.read_bytes()))
    except (OSError, ValueError):
        return None


def _memory() -> int:
    """Resident bytes: now where the system says so (Linux), else at the peak."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
