"""Exports by schedule, as a service. It survives errors, reports its health, and reads its settings on SIGHUP."""

import signal
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cinestream.commands.language import translate
from cinestream.runtime.ops import Health
from cinestream.runtime.service import Shutdown, run_without_bus
from cinestream_flow.logger import get_logger
from cinestream_trakt_export import metrics
from cinestream_trakt_export.cli import health as health_facts
from cinestream_trakt_export.cli.profiling import debugging
from cinestream_trakt_export.cli.session import EXPECTED
from cinestream_trakt_export.schedule import Schedule
from cinestream_trakt_export.settings import OpsSettings, TraktSettings
from cinestream_trakt_export.trakt.client import Trakt, connected

log = get_logger("trakt")
Job = Callable[[Trakt, TraktSettings], Awaitable[None]]


class ScheduledExport:
    """A job that runs by a schedule.

    Args:
        settings: the settings until the first SIGHUP.
        schedule: returns the time of the next run.
        job: exports the lists. A run after an error continues at the checkpoint.
        now: returns the time in the zone of the cron expressions.
    """

    def __init__(
        self,
        settings: TraktSettings,
        schedule: Schedule,
        job: Job,
        *,
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        self.settings = settings
        self._schedule, self._job, self._now = schedule, job, now
        self._trakt: Trakt | None = None
        self._last_error = ""

    def run(self, ops: OpsSettings) -> None:
        """Run the service until SIGTERM or SIGINT."""
        run_without_bus("trakt-export", ops, self.serve, routes=[Route("/health", self._health)])

    async def serve(self, health: Health, shutdown: Shutdown) -> None:
        """Run jobs until the shutdown. A cancelled job continues at its checkpoint after the next start."""
        health.degraded.append(lambda: [self._last_error] if self._last_error else [])
        async with (
            debugging(self.settings.profiling),
            connected(self.settings) as trakt,
            anyio.create_task_group() as group,
        ):
            self._trakt = trakt
            health_facts.gauges(trakt)
            group.start_soon(self._reload)
            group.start_soon(self._run_by_schedule, trakt)
            await shutdown.requested.wait()
            group.cancel_scope.cancel()

    async def _run_by_schedule(self, trakt: Trakt) -> None:
        due: datetime | None = None
        while True:
            due = self._schedule(due, self._now())
            log.info("export.scheduled", at=due.isoformat(timespec="seconds"))
            while (wait := (due - self._now()).total_seconds()) > 0:
                await anyio.sleep(min(wait, 60.0))  # someone may set the clock meanwhile
            await self._run_job(trakt)

    async def _run_job(self, trakt: Trakt) -> None:
        log.info("export.started")
        try:
            await self._job(trakt, self.settings)
        except Exception as error:
            self._last_error = translate(error) or type(error).__name__
            metrics.RUNS.labels("failed").inc()
            expected = isinstance(error, EXPECTED)
            log.error(
                "export.failed",
                reason=self._last_error,
                action="waiting for the next run",
                exc_info=None if expected else error,
            )
        else:
            self._last_error = ""
            metrics.RUNS.labels("done").inc()
            metrics.LAST_DONE.set_to_current_time()
            log.info("export.done", requests=trakt.requests)
        health_facts.save(trakt, self.settings)

    async def _reload(self) -> None:
        with anyio.open_signal_receiver(signal.SIGHUP) as signals:
            async for _ in signals:
                self.reload()

    def reload(self) -> None:
        """Read the settings again. Invalid settings are logged, and the old settings stay."""
        try:
            self.settings = TraktSettings()
        except ValueError as error:
            log.error("settings.refused", reason=str(error), action="keeping the old settings")
            return
        if self._trakt:
            self._trakt.configure(self.settings)
        log.info("settings.applied")

    async def _health(self, _: Request) -> Response:
        facts: dict[str, Any] = health_facts.facts(self._trakt) if self._trakt else {}
        return JSONResponse({"at": datetime.now(UTC).isoformat(timespec="seconds"), **facts})
