"""The commands beside the export: details of films, the cache, and how everything is."""

import os
import sys
from base64 import urlsafe_b64encode
from typing import Annotated, Any

import orjson
import typer

from cinestream.runtime.settings import load_settings as load_common_settings
from cinestream_trakt_export.cli import health as health_facts
from cinestream_trakt_export.cli.session import with_trakt
from cinestream_trakt_export.export.details import read_details
from cinestream_trakt_export.i18n.messages import say, speak, told
from cinestream_trakt_export.library.filters import Filters
from cinestream_trakt_export.settings import OpsSettings, TraktSettings, load_settings
from cinestream_trakt_export.trakt.cache import open_cache
from cinestream_trakt_export.trakt.client import Trakt

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
        if "error" in record or not wanted or wanted.accepts_movie(record["movie"]):
            typer.echo(orjson.dumps(record).decode())

    async def work(trakt: Trakt, settings: TraktSettings) -> None:
        if wanted:
            settings = settings.model_copy(update={"api": settings.api.model_copy(update={"extended": "full"})})
        named = ids or (line.strip() for line in sys.stdin if line.strip())
        count, failed = await read_details(trakt, settings, named, write, fail_fast=fail_fast)
        if failed:
            typer.echo(say("details.failed", failed=failed, count=count), err=True)
            raise typer.Exit(1)

    with_trakt(work)


def health(json: Annotated[bool, typer.Option("--json", help="Everything, as JSON.")] = False) -> None:
    """Say how the running service is, or how the last run went."""
    settings, ops = load_settings(), load_common_settings(OpsSettings, translate=told)
    speak(settings.export.language)
    host = "127.0.0.1" if ops.ops_host in ("0.0.0.0", "::") else ops.ops_host  # noqa: S104 - compared, not bound
    address = f"http://{host}:{ops.ops_port}"
    found = health_facts.last(settings, address)
    if found is None:
        typer.echo(say("health.none", ops=address), err=True)
        raise typer.Exit(1)
    source, facts = found
    if json:
        typer.echo(orjson.dumps({"source": source, **facts}, option=orjson.OPT_INDENT_2).decode())
        return
    typer.echo(
        say("health.from_service", ops=address) if source == "service" else say("health.from_run", at=facts["at"])
    )
    for line in _lines(facts):
        typer.echo(line)


def _lines(facts: dict[str, Any], indent: str = "  ") -> list[str]:
    lines = []
    for name, value in facts.items():
        if isinstance(value, dict):
            inner = value.values()
            if any(isinstance(one, dict) for one in inner):
                lines += [f"{indent}{told(name)}:", *_lines(value, indent + "  ")]
            else:
                lines.append(f"{indent}{told(name)}: " + ", ".join(f"{told(key)} {one}" for key, one in value.items()))
        else:
            lines.append(f"{indent}{told(name)}: {'-' if value is None else told(value)}")
    return lines


@cache_app.command()
def clear() -> None:
    """Forget every answer."""
    settings = _spoken_settings()
    if settings.cache.store == "memory":
        typer.echo(say("cache.memory"))
        return
    cache = open_cache(settings.cache)
    typer.echo(say("cache.cleared", count=cache.store.clear()))
    cache.store.close()


@cache_app.command()
def stats() -> None:
    """What is kept, and how often it was of use in the last run (or is, in the running service), as JSON."""
    settings = _spoken_settings()
    cache = open_cache(settings.cache)
    answers, size = cache.store.size
    cache.store.close()
    path = str(settings.cache.dir / "answers.db") if settings.cache.store == "sqlite" else None
    ops = load_common_settings(OpsSettings, translate=told)
    found = health_facts.last(settings, f"http://127.0.0.1:{ops.ops_port}")
    used = found[1].get("cache") if found else None
    facts = {"file": path, "answers": answers, "bytes": size, "capacity": settings.cache.capacity, "last_run": used}
    typer.echo(orjson.dumps(facts, option=orjson.OPT_INDENT_2).decode())


@cache_app.command()
def key() -> None:
    """Print a new key for `cache.encryption_key`."""
    typer.echo(urlsafe_b64encode(os.urandom(32)).decode())


def _spoken_settings() -> TraktSettings:
    settings = load_settings()
    speak(settings.export.language)
    return settings
