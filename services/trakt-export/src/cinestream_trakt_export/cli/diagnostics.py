"""The commands beside the export: details of films, the cache, and how everything is."""

import os
import sys
from base64 import urlsafe_b64encode
from typing import Annotated, Any

import orjson
import typer

from cinestream.runtime.settings import load_settings as load_common_settings
from cinestream_flow.message import Message, Plural
from cinestream_trakt_export.cli import health as health_facts
from cinestream_trakt_export.cli.language import set_language, translate
from cinestream_trakt_export.cli.session import with_trakt
from cinestream_trakt_export.export.details import read_details
from cinestream_trakt_export.library.filters import Filters
from cinestream_trakt_export.settings import OpsSettings, TraktSettings, load_settings
from cinestream_trakt_export.trakt.cache import open_cache
from cinestream_trakt_export.trakt.client import Trakt

# The names of what is known, for people. In JSON they are the same in every language.
_NAMES = (
    Message("answers"), Message("at"), Message("breaker"), Message("busy"), Message("bytes"), Message("closed"),
    Message("confirmed"), Message("cpu_seconds"), Message("endpoint"), Message("endpoints"), Message("errors"),
    Message("evictions"), Message("half-open"), Message("hits"), Message("last_error"), Message("limiter"),
    Message("mean_ms"), Message("memory_bytes"), Message("misses"), Message("open"), Message("paused_for_seconds"),
    Message("pool"), Message("queued"), Message("ratio"), Message("reason"), Message("rejected"), Message("requests"),
    Message("requests_per_second"), Message("size"), Message("stale"), Message("uptime_seconds"),
    Message("waited_seconds"), Message("waits"),
)  # fmt: skip
cache_app = typer.Typer(help="Answers of Trakt that are kept.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(details)
    app.command()(health)
    app.add_typer(cache_app, name="cache")


def details(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Trakt ids, slugs or IMDb ids; none: a line each on stdin.")
    ] = None,
    genre: Annotated[list[str] | None, typer.Option(help="Only films of this genre; may be repeated.")] = None,
    status: Annotated[list[str] | None, typer.Option(help="Only films with this status; may be repeated.")] = None,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="End at the first film that cannot be read.")] = False,
) -> None:
    """Print what Trakt says of films: a JSON object a line, as they come."""
    wanted = Filters(genre or (), status or ())

    def write(record: dict[str, Any]) -> None:
        if "error" in record:
            record = {**record, "error": translate(record["error"])}
        if "error" in record or not wanted or wanted.accepts_movie(record["movie"]):
            typer.echo(orjson.dumps(record).decode())

    async def work(trakt: Trakt, settings: TraktSettings) -> None:
        if wanted:
            settings = settings.model_copy(update={"api": settings.api.model_copy(update={"extended": "full"})})
        named = ids or (line.strip() for line in sys.stdin if line.strip())
        count, failed = await read_details(trakt, settings, named, write, fail_fast=fail_fast)
        if failed:
            typer.echo(translate("{failed:,} of {count:,} could not be read", failed=failed, count=count), err=True)
            raise typer.Exit(1)

    with_trakt(work)


def health(json: Annotated[bool, typer.Option("--json", help="Everything, as JSON.")] = False) -> None:
    """Say how the running service is, or how the last run went."""
    settings, ops = load_settings(translate=translate), load_common_settings(OpsSettings, translate=translate)
    set_language(settings.export.language)
    host = "127.0.0.1" if ops.ops_host in ("0.0.0.0", "::") else ops.ops_host  # noqa: S104 - compared, not bound
    address = f"http://{host}:{ops.ops_port}"
    found = health_facts.last(settings, address)
    if found is None:
        typer.echo(
            translate(
                "nothing is known yet: no service runs at {ops}, and no run has left its statistics", ops=address
            ),
            err=True,
        )
        raise typer.Exit(1)
    source, facts = found
    if json:
        typer.echo(orjson.dumps({"source": source, **facts}, option=orjson.OPT_INDENT_2).decode())
        return
    typer.echo(
        translate("From the running service at {ops}:", ops=address)
        if source == "service"
        else translate("From the last run ({at}):", at=facts["at"])
    )
    for line in _lines(facts):
        typer.echo(line)


def _lines(facts: dict[str, Any], indent: str = "  ") -> list[str]:
    lines = []
    for name, value in facts.items():
        if isinstance(value, dict):
            inner = value.values()
            if any(isinstance(one, dict) for one in inner):
                lines += [f"{indent}{translate(name)}:", *_lines(value, indent + "  ")]
            else:
                lines.append(
                    f"{indent}{translate(name)}: " + ", ".join(f"{translate(key)} {one}" for key, one in value.items())
                )
        else:
            lines.append(f"{indent}{translate(name)}: {'-' if value is None else translate(str(value))}")
    return lines


@cache_app.command()
def clear() -> None:
    """Forget every answer."""
    settings = _spoken_settings()
    if settings.cache.store == "memory":
        typer.echo(translate("The cache is kept in memory (cache.store): nothing outlives a run."))
        return
    cache = open_cache(settings.cache)
    count = cache.store.clear()
    typer.echo(translate(Plural("{count:,} answer forgotten.", "{count:,} answers forgotten.", count=count)))
    cache.store.close()


@cache_app.command()
def stats() -> None:
    """What is kept, and how often it was of use in the last run (or is, in the running service), as JSON."""
    settings = _spoken_settings()
    cache = open_cache(settings.cache)
    answers, size = cache.store.size
    cache.store.close()
    path = str(settings.cache.dir / "answers.db") if settings.cache.store == "sqlite" else None
    ops = load_common_settings(OpsSettings, translate=translate)
    found = health_facts.last(settings, f"http://127.0.0.1:{ops.ops_port}")
    used = found[1].get("cache") if found else None
    facts = {"file": path, "answers": answers, "bytes": size, "capacity": settings.cache.capacity, "last_run": used}
    typer.echo(orjson.dumps(facts, option=orjson.OPT_INDENT_2).decode())


@cache_app.command()
def key() -> None:
    """Print a new key for `cache.encryption_key`."""
    typer.echo(urlsafe_b64encode(os.urandom(32)).decode())


def _spoken_settings() -> TraktSettings:
    settings = load_settings(translate=translate)
    set_language(settings.export.language)
    return settings
