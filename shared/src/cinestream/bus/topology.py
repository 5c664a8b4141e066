"""Which streams, consumers and buckets there are, as data.

The names and subjects are contracts. The configurations are those of the JetStream API
(https://docs.nats.io/reference/reference-protocols/nats_api_reference), because they are sent as they are.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from cinestream.contracts import subjects

Json = dict[str, Any]

REQUESTS = "REQUESTS"
SCHEDULES = "SCHEDULES"
PAGES = "PAGES"
MOVIES = "MOVIES"
DEAD_LETTERS = "DEAD_LETTERS"
DIRECTOR_STATS = f"KV_{subjects.DIRECTOR_STATS_BUCKET}"
SNAPSHOTS = f"OBJ_{subjects.SNAPSHOTS_BUCKET}"

_SECOND = 1_000_000_000
_DAY = 86_400 * _SECOND
_MIB = 1 << 20


@dataclass(frozen=True)
class Consumer:
    """A durable pull consumer. `ack_wait` is in seconds; redelivery never ends by itself (`max_deliver` -1).

    With a limit, a work-queue message whose last delivery crashed would never be delivered again, yet would
    stay and block its subject: so the worker decides when to give up, not the server.
    """

    name: str
    filter: str
    reader: str
    ack_wait: int = 30

    @property
    def config(self) -> Json:
        """The consumer configuration of the JetStream API."""
        return {
            "durable_name": self.name,
            "ack_policy": "explicit",
            "ack_wait": self.ack_wait * _SECOND,
            "deliver_policy": "all",
            "filter_subject": self.filter,
            "max_ack_pending": 1000,
            "max_deliver": -1,
            "replay_policy": "instant",
        }


@dataclass(frozen=True)
class Stream:
    """A stream: `max_bytes` (and `max_age` in days, 0 for ever) bound it; `extra` goes into its configuration."""

    name: str
    subjects: tuple[str, ...]
    holds: str
    written_by: str
    max_bytes: int
    max_age: int = 0
    retention: Literal["limits", "workqueue"] = "limits"
    discard: Literal["old", "new"] = "old"
    consumers: tuple[Consumer, ...] = ()
    extra: Json = field(default_factory=dict)

    @property
    def config(self) -> Json:
        """The stream configuration of the JetStream API."""
        return {
            "name": self.name,
            "description": self.holds,
            "subjects": list(self.subjects),
            "retention": self.retention,
            "discard": self.discard,
            "storage": "file",
            "max_bytes": self.max_bytes,
            "max_age": self.max_age * _DAY,
            "allow_direct": True,
            "num_replicas": 1,
            **self.extra,
        }


STREAMS: tuple[Stream, ...] = (
    Stream(
        name=REQUESTS,
        subjects=(f"{subjects.REQUESTS}.*.*.*",),
        holds="scrape requests, one per lane and target while queued or in hand",
        written_by="scraper, trakt-export, anyone",
        max_bytes=256 * _MIB,
        retention="workqueue",
        # The second request on a subject is refused (error 10077) until the first is acknowledged.
        discard="new",
        extra={"max_msgs_per_subject": 1, "discard_new_per_subject": True},
        consumers=(
            Consumer("scraper-now", f"{subjects.REQUESTS}.now.>", "scraper"),
            Consumer("scraper-crawl", f"{subjects.REQUESTS}.crawl.>", "scraper"),
        ),
    ),
    Stream(
        name=SCHEDULES,
        # Schedules need "discard old", so they cannot live in REQUESTS: what is due is carried over.
        subjects=(f"{subjects.SCHEDULES_EVERY}.*.*", f"{subjects.SCHEDULES_DUE}.*.*"),
        holds="recurring schedules and what they made due, the last of each",
        written_by="scraper; the server itself",
        max_bytes=16 * _MIB,
        extra={"max_msgs_per_subject": 1, "allow_msg_schedules": True},
        consumers=(Consumer("scraper-due", f"{subjects.SCHEDULES_DUE}.>", "scraper"),),
    ),
    Stream(
        name=PAGES,
        subjects=(f"{subjects.PAGES}.*.*",),
        holds="raw pages as the browser saw them",
        written_by="scraper",
        max_bytes=4096 * _MIB,
        max_age=30,
        consumers=(Consumer("etl", f"{subjects.PAGES}.title.>", "etl"),),
    ),
    Stream(
        name=MOVIES,
        subjects=(f"{subjects.MOVIES}.*",),
        holds="movies; the last message of a subject is the current version, or says that it was removed",
        written_by="etl, takedown",
        # By bytes only: a film that never changes is never aged out. An alarm fires at 80 %.
        max_bytes=4096 * _MIB,
        extra={"republish": {"src": f"{subjects.MOVIES}.*", "dest": subjects.LIVE_MOVIES + ".{{wildcard(1)}}"}},
    ),
    Stream(
        name=DEAD_LETTERS,
        subjects=(f"{subjects.DEAD}.*",),
        holds="messages that nobody could handle, whole, with the reason",
        written_by="scraper, etl",
        max_bytes=1024 * _MIB,
        max_age=90,
    ),
    Stream(
        # A key-value bucket is a stream of this form (NATS ADR-8).
        name=DIRECTOR_STATS,
        subjects=(f"$KV.{subjects.DIRECTOR_STATS_BUCKET}.>",),
        holds="what each film contributed to its director's statistics",
        written_by="etl",
        max_bytes=512 * _MIB,
        discard="new",
        extra={
            "max_msgs_per_subject": 1,
            "allow_rollup_hdrs": True,
            "deny_delete": True,
        },
    ),
    Stream(
        # An object store is a stream of this form (NATS ADR-20), but for discarding the old: the newest failures count.
        name=SNAPSHOTS,
        subjects=(f"$O.{subjects.SNAPSHOTS_BUCKET}.C.>", f"$O.{subjects.SNAPSHOTS_BUCKET}.M.>"),
        holds="snapshots of failed pages: screenshot, HTML, console, timing",
        written_by="scraper",
        max_bytes=256 * _MIB,
        max_age=30,
        extra={"allow_rollup_hdrs": True},
    ),
)


def stream(name: str) -> Stream:
    """The stream of that name.

    Raises:
        KeyError: there is none.
    """
    return {stream.name: stream for stream in STREAMS}[name]


def table() -> str:
    """The topology as a Markdown table, for ARCHITECTURE.md."""
    rows = ["| stream | subjects | holds | written by | read by | kept |", "|---|---|---|---|---|---|"]
    for s in STREAMS:
        readers = "; ".join(f"{c.reader} (`{c.name}`)" for c in s.consumers) or "direct gets"
        kept = f"{s.max_bytes // _MIB:,} MiB" + (f", {s.max_age} days" if s.max_age else "")
        if s.retention == "workqueue":
            kept = f"until acknowledged, {kept}"
        elif s.extra.get("max_msgs_per_subject") == 1:
            kept = f"the last per subject, {kept}"
        names = ", ".join(f"`{subject}`" for subject in s.subjects)
        rows.append(f"| `{s.name}` | {names} | {s.holds} | {s.written_by} | {readers} | {kept} |")
    return "\n".join(rows) + "\n"
