"""The times of scheduled exports. Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta

from cronsim import CronSim, CronSimError

from cinestream.runtime.durations import parse_duration
from cinestream_flow.message import Message

Schedule = Callable[[datetime | None, datetime], datetime]
"""A function that returns the time of the next run.

Its arguments are the time of the last run, None for the first one, and the present time. The result may be past.
"""


def every(text: str) -> Schedule:
    """Return a schedule that begins now and repeats at an interval such as "6h".

    An export that takes longer than the interval is followed by a single one at once, not by all that were missed.
    Raises ValueError for an interval that is invalid or shorter than a second.
    """
    try:
        interval = parse_duration(text, unit_required=True)
    except ValueError:
        interval = 0.0
    if interval < 1:
        raise ValueError(Message("{text!r} is no interval: expected 30m, 6h or 1d, at least 1s", text=text))

    def due(last: datetime | None, now: datetime) -> datetime:
        if last is None:
            return now
        return max(last + timedelta(seconds=interval), now)

    return due


def cron(text: str) -> Schedule:
    """Return a schedule by a cron expression such as "0 4 * * *", in the time zone of its arguments.

    Times that pass during an export are skipped. Raises ValueError for an invalid expression.
    """
    try:
        CronSim(text, datetime(2026, 1, 1))
    except CronSimError as error:
        raise ValueError(
            Message(
                "{text!r} is no cron expression ({error}): expected five fields, such as 0 4 * * *",
                text=text,
                error=error,
            )
        ) from None

    def due(_last: datetime | None, now: datetime) -> datetime:
        return next(CronSim(text, now))

    return due
