"""A service without work, for tests of the lifecycle."""

import sys

import structlog

from cinestream.runtime.service import Context, Needs, run_service
from cinestream.runtime.settings import ServiceSettings, load_settings


async def serve(context: Context[ServiceSettings]) -> None:
    """Wait until the service is stopped."""
    if "degraded" in sys.argv:
        context.health.degraded.append(lambda: ["the site is paused"])
    await context.stop.wait()
    structlog.get_logger("runtime").info("tiny.drained")


if __name__ == "__main__":
    run_service("tiny", load_settings(ServiceSettings), Needs(["PAGES"], ["PAGES/etl"]), serve)
