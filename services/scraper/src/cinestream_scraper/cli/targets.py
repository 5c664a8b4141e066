"""The targets on the command line."""

from cinestream.commands.exit_codes import ExitCode
from cinestream.commands.frame import fail
from cinestream.contracts import Invalid, ScrapeRequest
from cinestream_scraper.site import Site


def requested(target: str, *, site: Site | None = None, limit: int | None = None, depth: int = 0) -> ScrapeRequest:
    """Return the request for a target. Exit with code 2 if it is no target.

    Args:
        target: A target as people type it.
        site: The only site that an address may name. None leaves this decision to the scraper that gets the request.
        limit: Number of titles to take of the target.
        depth: Steps of "more like this" from each title.
    """
    try:
        if site:
            site.require_named(target)
        return ScrapeRequest.of(target, limit=limit, depth=depth)
    except Invalid as error:
        fail(error, ExitCode.USAGE)
