"""The command without a subcommand: it runs the service."""

from cinestream.runtime.logs import configure_logs
from cinestream.runtime.service import run_service
from cinestream_scraper.cli.browser import begin, local_browser
from cinestream_scraper.service.service import NEEDS, Service
from cinestream_scraper.settings import ScraperSettings


def serve(settings: ScraperSettings) -> None:
    """Run the service until it is stopped."""
    configure_logs(settings.log_format, settings.log_level, service="scraper")
    installed, run = local_browser(settings), begin(settings)
    try:
        run_service("scraper", settings, NEEDS, Service(installed, run).serve)
    finally:
        run.end()
