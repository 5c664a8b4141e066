"""The times of scheduled exports."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cinestream_trakt_export.schedule import cron, every

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 6, 1, 12, tzinfo=PARIS)


def test_an_interval_begins_at_once() -> None:
    """A run longer than the interval is followed by one run at once, not by all that were missed."""
    due = every("6h")
    assert due(None, NOON) == NOON
    assert due(NOON, NOON + timedelta(minutes=5)) == NOON + timedelta(hours=6)
    late = NOON + timedelta(hours=20)
    assert due(NOON, late) == late


def test_cron_uses_the_local_time() -> None:
    """The time zone counts, also on a day when the clocks change."""
    due = cron("0 4 * * *")
    assert due(None, NOON) == datetime(2026, 6, 2, 4, tzinfo=PARIS)
    assert due(None, datetime(2026, 10, 24, 12, tzinfo=PARIS)) == datetime(2026, 10, 25, 4, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("make", "text"), [(every, "soon"), (every, "6"), (every, "10ms"), (cron, "x"), (cron, "61 * * * *")]
)
def test_an_invalid_schedule_is_refused(make: type, text: str) -> None:
    """The error names the expected form."""
    with pytest.raises(ValueError, match="expected"):
        make(text)
