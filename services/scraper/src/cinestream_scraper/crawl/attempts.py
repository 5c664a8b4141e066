"""The failures of a request: they slow the host down, and end in another attempt or a dead letter."""

from dataclasses import dataclass
from datetime import UTC, datetime

from cinestream.bus.jetstream import Delivery
from cinestream.contracts import Transient
from cinestream_flow.logger import get_logger
from cinestream_scraper.pages.reading import Reading
from cinestream_scraper.pages.verdict import Action, Judgement, Verdict
from cinestream_scraper.politeness.backoff import retry_after_seconds
from cinestream_scraper.politeness.host import Host

log = get_logger("scraper")

_DEFAULT_RETRY_AFTER_SECONDS = 30.0
_MAX_WAIT_SECONDS = 3600.0
_FACTOR_WHILE_SITE_FAILS = 6
"""A page gets this many times its attempts while no page of the site can be read: about a day by default."""


class AttemptFailed(Transient):
    """A reading brought no page. After a few failed attempts the request becomes a dead letter."""


@dataclass(frozen=True)
class Attempts:
    """The rule that ends the attempts at a page."""

    host: Host
    max_attempts: int

    def is_last(self, delivery: Delivery) -> bool:
        """Return True if the page fails permanently when this delivery fails.

        A page gets more attempts while every page of the site fails, because the fault is then the site's.
        """
        factor = _FACTOR_WHILE_SITE_FAILS if self.host.backoff.failing else 1
        return delivery.delivered >= self.max_attempts * factor

    def retry(self, failure: AttemptFailed, delivery: Delivery) -> AttemptFailed:
        """Return the failure with the time of the next attempt.

        While the host is paused, each attempt waits longer than the one before. So a page that is always refused does
        not delay other pages, and a failing host gets few requests.
        """
        pause = self.host.backoff.seconds_left
        wait = min(pause * delivery.delivered, _MAX_WAIT_SECONDS) if pause else failure.retry_after
        return AttemptFailed(str(failure), retry_after=wait)


def failure_of(reading: Reading, judgement: Judgement, host: Host, challenge_pause: float) -> AttemptFailed | None:
    """Report a verdict to the host. Return the failure if the page is not to be published.

    Args:
        reading: the page as it was read.
        judgement: the verdict on it.
        host: pauses after a refusal, and after several failures in a row.
        challenge_pause: seconds to pause after a bot challenge.
    """
    if judgement.verdict is Verdict.SERVER_ERROR:
        host.backoff.record_failure(judgement.why, reading.url, _retry_after(reading, default=0.0))
    elif judgement.action is not Action.PAUSE:
        host.backoff.record_success()
    if judgement.action is Action.PUBLISH:
        return None
    if judgement.action is Action.PAUSE:
        is_rate_limit = judgement.verdict is Verdict.RATE_LIMITED
        pause = _retry_after(reading, default=_DEFAULT_RETRY_AFTER_SECONDS) if is_rate_limit else challenge_pause
        host.record_refusal(pause, f"{judgement.verdict}: {judgement.why}", reading.url)
        seconds = round(host.backoff.seconds_left)
        log.warning("host.paused", seconds=seconds, verdict=judgement.verdict, url=reading.url)
    return AttemptFailed(f"{judgement.verdict}: {judgement.why}")


def _retry_after(reading: Reading, *, default: float) -> float:
    return retry_after_seconds(reading.retry_after, datetime.now(UTC), default=default)
