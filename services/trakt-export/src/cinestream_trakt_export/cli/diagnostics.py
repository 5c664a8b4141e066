"""The commands beside the export: details of films, the cache, and the health of the exporter."""

import os
import sys
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
import typer

from cinestream.commands.exit_codes import ExitCode
from cinestream.commands.frame import fail
from cinestream.commands.language import translate
from cinestream.runtime.settings import load_settings as load_common_settings
from cinestream_flow.message import Message, Plural
from cinestream_trakt_export.cli import health as health_facts
from cinestream_trakt_export.cli.session import user_settings, with_trakt
from cinestream_trakt_export.export.details import read_details
from cinestream_trakt_export.library.filters import Filters
from cinestream_trakt_export.settings import OpsSettings, TraktSettings
from cinestream_trakt_export.trakt.cache import open_cache
from cinestream_trakt_export.trakt.client import Trakt

# The names of the facts. `_lines` translates them by their text, and the extraction of messages finds them here.
# The JSON has the English names in every language.
_NAMES = (
    Message("answers"), Message("at"), Message("breaker"), Message("busy"), Message("bytes"), Message("closed"),
    Message("confirmed"), Message("cpu_seconds"), Message("endpoint"), Message("endpoints"), Message("errors"),
    Message("evictions"), Message("half-open"), Message("hits"), Message("last_error"), Message("limiter"),
    Message("mean_ms"), Message("memory_bytes"), Message("misses"), Message("open"), Message("paused_for_seconds"),
    Message("pool"), Message("queued"), Message("ratio"), Message("reason"), Message("rejected"), Message("requests"),
    Message("requests_per_second"), Message("size"), Message("stale"), Message("uptime_seconds"),
    Message("waited_seconds"), Message("waits"),
)  # fmt: skip
_ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound


def print_details(
    ids: Sequence[str] | None, genres: Sequence[str], statuses: Sequence[str], *, fail_fast: bool
) -> None:
    """Print Trakt's details of films as they arrive, one JSON object per line.

    Args:
        ids: Trakt ids, slugs or IMDb ids. None reads one per line from the standard input.
        genres: Only films of these genres are printed.
        statuses: Only films with these statuses are printed.
        fail_fast: Stop at the first film that cannot be read.
    """
    filters = Filters(genres, statuses)

    def write(record: dict[str, Any]) -> None:
        if "error" in record:
            record = {**record, "error": translate(record["error"])}
        elif filters and not filters.accepts_movie(record["movie"]):
            return
        typer.echo(orjson.dumps(record).decode())

    async def work(trakt: Trakt, settings: TraktSettings) -> None:
        if filters:  # only this level has genres and statuses
            settings = settings.model_copy(update={"api": settings.api.model_copy(update={"extended": "full"})})
        requested = ids or (line.strip() for line in sys.stdin if line.strip())
        count, failed = await read_details(trakt, settings, requested, write, fail_fast=fail_fast)
        if failed:
            fail(Message("{failed:,} of {count:,} could not be read", failed=failed, count=count))

    with_trakt(work)


def print_health(*, json: bool) -> None:
    """Print the state of the running service, or of the last run. Exit with 1 if Trakt fails or nothing is known."""
    settings, ops = user_settings(), load_common_settings(OpsSettings, translate=translate)
    host = "127.0.0.1" if ops.ops_host in _ANY_ADDRESS else ops.ops_host
    address = f"http://{host}:{ops.ops_port}"
    found = health_facts.last(settings, address)
    if found is None:
        message = Message("no statistics yet: no service runs at {ops}, and no run has stored any", ops=address)
        fail(message)
    source, facts = found
    if json:
        typer.echo(orjson.dumps({"source": source, **facts}, option=orjson.OPT_INDENT_2).decode())
    else:
        running = Message("From the running service at {ops}:", ops=address)
        typer.echo(translate(running if source == "service" else Message("From the last run ({at}):", at=facts["at"])))
        for line in _lines(facts):
            typer.echo(line)
    # The breaker opens while Trakt fails again and again. A single error in the past is no fault of now.
    if facts.get("breaker") == "open":
        raise typer.Exit(ExitCode.FAILED)


def _lines(facts: dict[str, Any], indent: str = "  ") -> Iterator[str]:
    """Yield a line for each fact. A group of plain values is one line, a group of groups is indented."""
    for name, value in facts.items():
        label = f"{indent}{translate(name)}:"
        if not isinstance(value, dict):
            yield f"{label} {'-' if value is None else translate(str(value))}"
        elif any(isinstance(inner, dict) for inner in value.values()):
            yield label
            yield from _lines(value, indent + "  ")
        else:
            yield f"{label} " + ", ".join(f"{translate(key)} {inner}" for key, inner in value.items())


def clear_cache() -> None:
    """Delete all cached responses."""
    settings = user_settings()
    if settings.cache.store == "memory":
        typer.echo(translate("The cache is in memory (cache.store): it ends with each run."))
        return
    cache = open_cache(settings.cache)
    count = cache.store.clear()
    cache.store.close()
    typer.echo(translate(Plural("{count:,} response deleted.", "{count:,} responses deleted.", count=count)))


def print_cache() -> None:
    """Print the size of the cache, and its use by the running service or the last run, as JSON."""
    settings = user_settings()
    cache = open_cache(settings.cache)
    answers, size = cache.store.size
    cache.store.close()
    path = str(settings.cache.dir / "answers.db") if settings.cache.store == "sqlite" else None
    ops = load_common_settings(OpsSettings, translate=translate)
    found = health_facts.last(settings, f"http://127.0.0.1:{ops.ops_port}")
    used = found[1].get("cache") if found else None
    facts = {"file": path, "answers": answers, "bytes": size, "capacity": settings.cache.capacity, "last_run": used}
    typer.echo(orjson.dumps(facts, option=orjson.OPT_INDENT_2).decode())


def print_key() -> None:
    """Print a new key for `cache.encryption_key`."""
    typer.echo(urlsafe_b64encode(os.urandom(32)).decode())
