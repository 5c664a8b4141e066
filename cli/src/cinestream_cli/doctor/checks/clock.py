"""The check of the clock, against the time of NATS or of stream-api."""

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from cinestream.bus.jetstream import nats_time
from cinestream.bus.permissions import USER_INFO
from cinestream.contracts import Transient
from cinestream_cli.doctor import web
from cinestream_cli.doctor.nats_access import NatsAccess, with_nats
from cinestream_cli.doctor.result import NotChecked, Result, failed, ok, warning
from cinestream_cli.doctor.surroundings import Surroundings
from cinestream_flow.message import Message

_WARN_SECONDS, _FAIL_SECONDS = 2.0, 30.0
_CURE = "sudo timedatectl set-ntp true"


def clock(surroundings: Surroundings) -> Result:
    """Compare the clock with that of another part of the pipeline."""
    try:
        name, seconds = "NATS", with_nats(surroundings, _ahead_of_nats)
    except (NotChecked, Transient):
        name, seconds = "stream-api", _ahead_of_stream(surroundings)
    found = Message("{seconds:+.1f} s against {name}", seconds=round(seconds, 1) + 0.0, name=name)
    if abs(seconds) <= _WARN_SECONDS:
        return ok(found)
    cure = Message("set the clocks of both machines by NTP")
    return (failed if abs(seconds) > _FAIL_SECONDS else warning)(found, cure, _CURE)


async def _ahead_of_nats(nats: NatsAccess) -> float:
    """Return the seconds by which this clock is ahead of that of NATS."""
    bus = await nats.bus_for(USER_INFO)
    before = datetime.now(UTC)
    answer = json.loads(await bus.request(USER_INFO, b""))
    after = datetime.now(UTC)
    return (before + (after - before) / 2 - nats_time(answer["server"]["time"])).total_seconds()


def _ahead_of_stream(surroundings: Surroundings) -> float:
    """Return the seconds by which this clock is ahead of that of stream-api, which has whole seconds (RFC 9110)."""
    before = datetime.now(UTC)
    answer = web.get(f"{surroundings.stream_url}/livez")
    date = answer.headers.get("Date") if answer else None
    if date is None:
        reason = Message("neither NATS nor stream-api answers with its time")
        raise NotChecked(reason, Message("start the local run"), surroundings.start_command)
    theirs = parsedate_to_datetime(date)
    ahead = (before - theirs).total_seconds()
    return ahead if not 0 <= ahead < 1 else 0.0
