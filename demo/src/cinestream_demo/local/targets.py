"""The targets of a run as people type them, for the setting of the scraper that holds what to read."""

from collections.abc import Iterable

from cinestream.contracts import Invalid, ScrapeRequest
from cinestream.runtime.durations import parse_duration
from cinestream_flow.message import Message


def seeds_of(targets: Iterable[str]) -> str:
    """Return the targets as the value of `CINESTREAM_SCRAPER_SEEDS`. A target that is given twice is read once.

    Args:
        targets: targets (`tt0111161`, `chart:top`, `list:ls055592025`, `search:TEXT` or the URL of one). With a period,
            as in `chart:top@30m`, the target is read again each time that the period has passed.

    Raises:
        Invalid: A text is not a target, or its period is not a duration. The message gives the accepted forms.
    """
    seeds: dict[str, str] = {}
    for text in targets:
        target, period = _target_and_period(text)
        seeds.setdefault(target, f"{target}@{period}" if period else target)
    return ",".join(seeds.values())


def _target_and_period(text: str) -> tuple[str, str]:
    """Return the target in its short form, which has neither a comma nor an @, and the period."""
    target, separator, period = text.rpartition("@")
    if not separator:
        return ScrapeRequest.of(text).target, ""
    try:
        if parse_duration(period) >= 1:
            return ScrapeRequest.of(target).target, period
    except ValueError as error:
        raise Invalid(Message("{text}: {error}", text=text, error=error)) from error
    raise Invalid(Message("{text}: a period is at least one second, as in chart:top@30m", text=text))
