"""The check of the lag: the messages that wait for scraper, etl and stream-api."""

import re
from typing import NamedTuple

from cinestream.bus.topology import MOVIES, STREAMS
from cinestream_cli.doctor import web
from cinestream_cli.doctor.nats_access import NatsAccess, NotPermitted, undeclared, with_nats
from cinestream_cli.doctor.result import Result, failed, ok, warning
from cinestream_cli.doctor.surroundings import Surroundings
from cinestream_flow.message import Message

_MAX_BACKLOG = {"etl": 1000}
"""Messages that may wait for a consumer. A long queue of requests is normal, because the site limits their rate."""
_MAX_EVENTS = 1000
"""Events that stream-api may be behind."""
_CONSUMERS = [(stream.name, consumer) for stream in STREAMS for consumer in stream.consumers]
_POSITION = re.compile(r"^cinestream_stream_position(?:\{[^}]*\})? (\S+)", re.MULTILINE)


class _Backlog(NamedTuple):
    """The messages that wait for a consumer. `asked` is True if a worker waits for messages or has some."""

    consumer: str
    reader: str
    waiting: int
    asked: bool


def lag(surroundings: Surroundings) -> Result:
    """Check that each backlog has a reader, and that it is short."""
    backlogs, last_event = with_nats(surroundings, _read)
    for backlog in backlogs:
        found = Message("{count} messages wait for {name}", count=backlog.waiting, name=backlog.consumer)
        command = f"cinestream-{backlog.reader}"
        if backlog.waiting and not backlog.asked and web.get(f"{surroundings.ops_url(backlog.reader)}/livez") is None:
            return failed(found, Message("{service} does not run: start it", service=backlog.reader), command)
        if backlog.waiting > _MAX_BACKLOG.get(backlog.consumer, backlog.waiting):
            return warning(found, Message("start another process of {service}", service=backlog.reader), command)
    names = ", ".join(f"{backlog.consumer} {backlog.waiting}" for backlog in backlogs) or "-"
    position = _stream_position(surroundings)
    if position is None:
        return ok(Message("waiting: {names}. stream-api does not answer", names=names))
    behind = max(0, last_event - position)
    if behind > _MAX_EVENTS:
        found = Message("stream-api is {behind} events behind", behind=behind)
        return warning(found, Message("look at what it reports"), f"curl {surroundings.ops_url('stream-api')}/readyz")
    return ok(Message("waiting: {names}. The stream is {behind} events behind", names=names, behind=behind))


async def _read(nats: NatsAccess) -> tuple[list[_Backlog], int]:
    """Return the backlogs that a known user may see, and the sequence of the last event."""
    backlogs = []
    for stream, consumer in _CONSUMERS:
        try:
            info = await nats.api(f"CONSUMER.INFO.{stream}.{consumer.name}")
        except NotPermitted:
            continue
        except KeyError as error:
            raise undeclared(error) from error
        pending, delivered = info["num_pending"], info["num_ack_pending"]
        asked = bool(info["num_waiting"] or delivered)
        backlogs.append(_Backlog(consumer.name, consumer.reader, pending + delivered, asked))
    try:
        return backlogs, int((await nats.api(f"STREAM.INFO.{MOVIES}"))["state"]["last_seq"])
    except NotPermitted:
        return backlogs, 0
    except KeyError as error:
        raise undeclared(error) from error


def _stream_position(surroundings: Surroundings) -> int | None:
    """Return the sequence of the newest event that clients can get, or None if stream-api does not answer."""
    answer = web.get(f"{surroundings.ops_url('stream-api')}/metrics")
    found = _POSITION.search(answer.body.decode("utf-8", "replace")) if answer else None
    return int(float(found[1])) if found else None
