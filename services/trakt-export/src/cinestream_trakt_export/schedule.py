"""When a scheduled export is due. Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta

from cronsim import CronSim, CronSimError

from cinestream.runtime.durations import parse_duration
from cinestream_flow.message import Message

Schedule = Callable[[datetime | None, datetime], datetime]
"""The next time, from when the last one was due (None: there was none) and now; it may have passed already."""


def every(text: str) -> Schedule:
    """At once, and then so often ("6h"); a time that passes while an export runs is made up for once.

    Raises ValueError for what is no duration of at least a second.
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
    """At the times of a cron expression ("0 4 * * *"), in the time zone of what is asked; passed ones are left out.

    Raises ValueError for what is no cron expression.
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
