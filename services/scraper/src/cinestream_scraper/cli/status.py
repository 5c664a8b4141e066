"""The command `status`: the state of the queue and the streams, and of the scraper at the ops port."""

import re
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from typing import NamedTuple

import anyio
import orjson
import typer

from cinestream.bus import topology
from cinestream.bus.jetstream import ConsumerState
from cinestream.commands.language import translate
from cinestream.contracts import Lane
from cinestream.runtime.connected import connected
from cinestream.runtime.logs import configure_logs
from cinestream.runtime.settings import load_settings
from cinestream_flow.message import Message
from cinestream_scraper.crawl.schedule import periods
from cinestream_scraper.settings import ScraperSettings, StatusSettings

_TIMEOUT_SECONDS = 2.0
_MIB = 1 << 20
_STATES = {"ready": Message("ready"), "unready": Message("not ready")}
_ROWS_MISSING = re.compile(r"^cinestream_scraper_rows_missing_total ([\d.e+]+)$", re.MULTILINE)


class Status(NamedTuple):
    """The state of the scraper and its queue. The names of the fields are those of `--json`.

    Attributes:
        waiting: requests in the queue, by lane.
        in_hand: requests that are being read or wait for another attempt, by lane.
        pages: pages stored.
        page_bytes: their size.
        unread: pages that etl has not read.
        dead_letters: dead letters of all stages.
        schedules: the period of each target that is read periodically, as `chart:top` and `30m`.
        scraper: the state of the scraper at the ops port.
        degraded: what it reports as wrong, as a host that is paused or browsers that do not start.
        rows_missing: rows that lists and searches stated and did not show.
    """

    waiting: dict[str, int]
    in_hand: dict[str, int]
    pages: int
    page_bytes: int
    unread: int
    dead_letters: int
    schedules: dict[str, str]
    scraper: str
    degraded: list[str]
    rows_missing: int


def print_status(*, json: bool) -> None:
    """Print the state, as text or as one JSON object."""
    settings = load_settings(StatusSettings, translate=translate)
    configure_logs(settings.log_format, settings.log_level, service="scraper")
    state = anyio.run(read, settings)
    typer.echo(as_json(state) if json else as_text(state))


async def read(settings: ScraperSettings) -> Status:
    """Read the state from the bus and from the scraper.

    Raises:
        Transient: the bus does not answer, or a stream is missing.
    """
    scraper, degraded, rows_missing = await _scraper(settings)
    async with connected(settings, "cinestream-scraper-status") as bus:
        lanes = {lane.value: await bus.consumer_state(topology.REQUESTS, f"scraper-{lane}") for lane in Lane}
        pages = await bus.stream_state(topology.PAGES)
        return Status(
            waiting={lane: state.pending for lane, state in lanes.items()},
            in_hand={lane: state.unacknowledged for lane, state in lanes.items()},
            pages=pages.messages,
            page_bytes=pages.bytes,
            unread=_unsettled(await bus.consumer_state(topology.PAGES, "etl")),
            dead_letters=(await bus.stream_state(topology.DEAD_LETTERS)).messages,
            schedules=await periods(bus),
            scraper=scraper,
            degraded=degraded,
            rows_missing=rows_missing,
        )


def as_text(status: Status) -> str:
    """Return the state as lines for people."""
    lanes = [
        Message(
            "lane {lane}: {waiting:,} waiting, {in_hand:,} being read or waiting for a retry",
            lane=lane,
            waiting=waiting,
            in_hand=status.in_hand[lane],
        )
        for lane, waiting in status.waiting.items()
    ]
    stored = Message(
        "pages: {pages:,} stored, {size:,.1f} MiB; {unread:,} not yet processed by etl",
        pages=status.pages,
        size=status.page_bytes / _MIB,
        unread=status.unread,
    )
    lines = [
        *map(translate, lanes),
        translate(stored),
        translate("dead letters: {count:,} of all stages", count=status.dead_letters),
        *(translate("schedule: {target} every {period}", target=t, period=p) for t, p in status.schedules.items()),
        translate("scraper: {state}", state=status.scraper),
        *(f"  {reason}" for reason in status.degraded),
    ]
    if status.rows_missing:
        lines.append(translate("  {count:,} rows of lists and searches were not shown", count=status.rows_missing))
    return "\n".join(lines)


def as_json(status: Status) -> str:
    """Return the state as JSON for programs."""
    return orjson.dumps(status._asdict()).decode()


def _unsettled(state: ConsumerState) -> int:
    return state.pending + state.unacknowledged


async def _scraper(settings: ScraperSettings) -> tuple[str, list[str], int]:
    """Return the state of the scraper, what it reports as wrong, and the rows that it missed."""
    ops = f"http://{settings.ops_host}:{settings.ops_port}"
    try:
        ready, metrics = await anyio.to_thread.run_sync(_ops_answers, settings.ops_host, settings.ops_port)
        report, missing = orjson.loads(ready), _ROWS_MISSING.search(metrics.decode())
        degraded = [*report.get("degraded", []), *([report["reason"]] if "reason" in report else [])]
        state = Message("{status} ({address})", status=_STATES[report["status"]], address=f"{ops}/readyz")
        return state, degraded, int(float(missing[1])) if missing else 0
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        return Message("no response from {address}", address=f"{ops}/readyz"), [], 0


def _ops_answers(host: str, port: int) -> tuple[bytes, bytes]:
    """Return what the ops endpoints `/readyz` and `/metrics` answer. The import of an HTTP library would take longer.

    Raises:
        OSError: there is no response in time.
        HTTPException: the response is not HTTP.
    """
    with closing(HTTPConnection(host, port, timeout=_TIMEOUT_SECONDS)) as connection:
        connection.request("GET", "/readyz")
        ready = connection.getresponse().read()
        connection.request("GET", "/metrics")
        return ready, connection.getresponse().read()
