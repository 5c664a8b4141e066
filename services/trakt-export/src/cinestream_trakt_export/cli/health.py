"""The health of the exporter: the facts of a running service, or those that the last run has stored."""

import os
import resource
import sys
import time
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

import orjson

from cinestream.commands.language import translate
from cinestream_flow import atomic
from cinestream_trakt_export import metrics
from cinestream_trakt_export.settings import TraktSettings
from cinestream_trakt_export.trakt.client import Trakt

FILE = "last-run.json"
# The service is on this machine, so no proxy may answer for it.
_DIRECT = build_opener(ProxyHandler({}))


def facts(trakt: Trakt) -> dict[str, Any]:
    """Return the facts about a client, ready for JSON. Times are seconds, unless a name ends in another unit."""
    cache, pool, limit = trakt.cache, trakt.pool, trakt.limit
    result = trakt.statistics.facts() | {
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
        result["cache"] = cache.cache.statistics.facts() | {"answers": answers, "bytes": size}
    if error := result["last_error"]:
        result["last_error"] = {**error, "reason": translate(error["reason"])}
    return result


def gauges(trakt: Trakt) -> None:
    """Connect the gauges with a client. They read its present state whenever they are scraped."""
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
    """Store the facts for the command `health`. A failure to write is printed and raises nothing."""
    if not trakt.statistics.enabled or not trakt.requests:
        return
    found = {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())} | facts(trakt)
    try:
        settings.checkpoints.dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        atomic.write(settings.checkpoints.dir / FILE, orjson.dumps(found), mode=0o600)
    except OSError as error:
        sys.stderr.write(f"{error}\n")


def last(settings: TraktSettings, ops: str) -> tuple[str, dict[str, Any]] | None:
    """Return the latest facts, or None if there are none.

    Args:
        settings: name the folder of the stored facts.
        ops: the address of the service.

    Returns:
        The source, "service" or "last run", and the facts.
    """
    try:
        with _DIRECT.open(f"{ops}/health", timeout=5) as response:
            return "service", dict(orjson.loads(response.read()))
    except (OSError, HTTPException, ValueError):
        pass
    path: Path = settings.checkpoints.dir / FILE
    try:
        return "last run", dict(orjson.loads(path.read_bytes()))
    except (OSError, ValueError):
        return None


def _memory() -> int:
    """Return the resident bytes: the present ones on Linux, the peak on other systems."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
