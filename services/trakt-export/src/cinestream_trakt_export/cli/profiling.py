"""Profiles of time and memory, served on loopback during a run or written at its end."""

import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import anyio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from cinestream.commands.language import translate
from cinestream.runtime import http
from cinestream_flow import atomic
from cinestream_flow.groups import first_error
from cinestream_trakt_export.settings import Profiling

LOOPBACK = "127.0.0.1"
_HEAP_LINES = 40
_MIN_SECONDS, _MAX_SECONDS = 0.1, 60.0


@asynccontextmanager
async def debugging(settings: Profiling) -> AsyncIterator[None]:
    """Serve /debug/profile?seconds= and /debug/heap on loopback meanwhile, if the settings enable it."""
    if not settings.enabled:
        yield
        return
    sock = http.bind(LOOPBACK, settings.port, setting="profiling.port")
    server = http.server(_app(settings.sample_rate), name="debug", hosts=http.HostRule())
    with _allocations():
        try:
            async with anyio.create_task_group() as group:
                await group.start(http.serve, server, sock)
                yield
                server.should_exit = True
        except BaseExceptionGroup as errors:
            raise first_error(errors)  # noqa: B904 - the error keeps its own cause


@contextmanager
def profiled(folder: Path, settings: Profiling) -> Iterator[None]:
    """Write `profile.txt`, `profile.html` and `heap.txt` into a folder at the end."""
    profiler = _profiler(settings.sample_rate)
    with _allocations():
        profiler.start()
        try:
            yield
        finally:
            profiler.stop()
            folder.mkdir(parents=True, exist_ok=True)
            atomic.write(folder / "heap.txt", heap().encode())
            atomic.write(folder / "profile.txt", profiler.output_text(unicode=True).encode())
            atomic.write(folder / "profile.html", profiler.output_html().encode())


def heap() -> str:
    """Return the lines of source that hold the most memory, in bytes. Memory from before the tracing is missing."""
    now, peak = tracemalloc.get_traced_memory()
    lines = [f"traced now: {now} bytes, at the peak: {peak} bytes"]
    for statistic in tracemalloc.take_snapshot().statistics("lineno")[:_HEAP_LINES]:
        frame = statistic.traceback[0]
        lines.append(f"{statistic.size:>12} bytes {statistic.count:>8} blocks  {frame.filename}:{frame.lineno}")
    return "\n".join(lines) + "\n"


def _profiler(samples_per_second: int) -> Any:
    from pyinstrument import Profiler

    # The asynchronous mode would follow a single task. This mode samples all of them.
    return Profiler(interval=1 / samples_per_second, async_mode="disabled")


@contextmanager
def _allocations() -> Iterator[None]:
    ours = not tracemalloc.is_tracing()
    if ours:
        tracemalloc.start()
    try:
        yield
    finally:
        if ours:
            tracemalloc.stop()


def _app(samples_per_second: int) -> Starlette:
    profiling = anyio.Lock()  # pyinstrument runs one profile at a time

    async def profile(request: Request) -> Response:
        try:
            seconds = float(request.query_params.get("seconds", "5"))
        except ValueError:
            seconds = 0.0
        if not _MIN_SECONDS <= seconds <= _MAX_SECONDS:
            return PlainTextResponse(translate("seconds must be a number from 0.1 to 60") + "\n", status_code=400)
        if profiling.locked():
            return PlainTextResponse(translate("another profile is running") + "\n", status_code=409)
        async with profiling:
            profiler = _profiler(samples_per_second)
            profiler.start()
            try:
                await anyio.sleep(seconds)
            finally:
                profiler.stop()
        return PlainTextResponse(profiler.output_text(unicode=True, show_all=True))

    async def heap_now(_: Request) -> Response:
        return PlainTextResponse(heap())

    return Starlette(routes=[Route("/debug/profile", profile), Route("/debug/heap", heap_now)])
