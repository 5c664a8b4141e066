"""When scheduled exports are due."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cinestream_trakt_export.schedule import cron, every

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 6, 1, 12, tzinfo=PARIS)


def test_every_begins_at_once_and_makes_up_for_one() -> None:
    """A run that takes longer than the interval is followed by the next at once, not by all that were missed."""
    due = every("6h")
    assert due(None, NOON) == NOON
    assert due(NOON, NOON + timedelta(minutes=5)) == NOON + timedelta(hours=6)
    late = NOON + timedelta(hours=20)
    assert due(NOON, late) == late


def test_cron_goes_by_the_local_clock() -> None:
    """Four in the morning, also on the day when there are two of them or none."""
    due = cron("0 4 * * *")
    assert due(None, NOON) == datetime(2026, 6, 2, 4, tzinfo=PARIS)
    assert due(None, datetime(2026, 10, 24, 12, tzinfo=PARIS)) == datetime(2026, 10, 25, 4, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("make", "text"), [(every, "soon"), (every, "6"), (every, "10ms"), (cron, "x"), (cron, "61 * * * *")]
)
def test_what_is_no_schedule_is_refused(make: type, text: str) -> None:
    """With what was expected."""
    with pytest.raises(ValueError, match="expected"):
        make(text)
