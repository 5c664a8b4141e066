"""The streams, consumers and buckets as data.

Names and subjects are contracts. The configurations have the format of the JetStream API
(https://docs.nats.io/reference/reference-protocols/nats_api_reference), because they are sent unchanged.
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
    """A durable pull consumer.

    The server never stops delivering a message (`max_deliver` -1). The worker decides when it fails permanently. With a
    limit of the server, a work-queue message whose last delivery crashed would not be delivered again, but would stay
    and block its subject.

    Args:
        name: Name of the consumer.
        filter: Subjects to deliver, with wildcards.
        reader: Service that reads it.
        ack_wait: Seconds after which an unacknowledged message is delivered again.
    """

    name: str
    filter: str
    reader: str
    ack_wait: int = 30

    @property
    def config(self) -> Json:
        """The configuration for the JetStream API."""
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
    """A stream and its consumers.

    Args:
        name: Name of the stream.
        subjects: Subjects that it stores, with wildcards.
        holds: Description of its messages.
        written_by: Services that write to it.
        max_bytes: Limit of its size.
        max_age: Days that a message is kept. 0 means no limit.
        retention: `workqueue` removes acknowledged messages.
        discard: `old` removes the oldest messages at the limit. `new` refuses further messages.
        consumers: Durable consumers.
        extra: Further parts of the configuration.
    """

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
        """The configuration for the JetStream API."""
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
        holds="scrape requests, one per lane and target until it is handled",
        written_by="scraper, trakt-export, anyone",
        max_bytes=256 * _MIB,
        retention="workqueue",
        # The server refuses a second request on a subject (error 10077) until the first one is acknowledged.
        discard="new",
        extra={"max_msgs_per_subject": 1, "discard_new_per_subject": True},
        consumers=(
            Consumer("scraper-now", f"{subjects.REQUESTS}.now.>", "scraper"),
            Consumer("scraper-crawl", f"{subjects.REQUESTS}.crawl.>", "scraper"),
        ),
    ),
    Stream(
        name=SCHEDULES,
        # Schedules need "discard old", so they cannot be part of REQUESTS. The scraper copies due ones to REQUESTS.
        subjects=(f"{subjects.SCHEDULES_EVERY}.*.*", f"{subjects.SCHEDULES_DUE}.*.*"),
        holds="recurring schedules, and the last due message of each",
        written_by="scraper; the server itself",
        max_bytes=16 * _MIB,
        extra={"max_msgs_per_subject": 1, "allow_msg_schedules": True},
        consumers=(Consumer("scraper-due", f"{subjects.SCHEDULES_DUE}.>", "scraper"),),
    ),
    Stream(
        name=PAGES,
        subjects=(f"{subjects.PAGES}.*.*",),
        holds="raw pages as the browser loaded them",
        written_by="scraper",
        max_bytes=4096 * _MIB,
        max_age=30,
        consumers=(Consumer("etl", f"{subjects.PAGES}.title.>", "etl"),),
    ),
    Stream(
        name=MOVIES,
        subjects=(f"{subjects.MOVIES}.*",),
        holds="movies: the last message of a subject is the current version, or the removal",
        written_by="etl, takedown",
        # No limit of age, which would remove films that never change. An alert fires at 80 % of the bytes.
        max_bytes=4096 * _MIB,
        extra={"republish": {"src": f"{subjects.MOVIES}.*", "dest": subjects.LIVE_MOVIES + ".{{wildcard(1)}}"}},
    ),
    Stream(
        name=DEAD_LETTERS,
        subjects=(f"{subjects.DEAD}.*",),
        holds="complete messages that could not be handled, with the reason",
        written_by="scraper, etl",
        max_bytes=1024 * _MIB,
        max_age=90,
    ),
    Stream(
        # NATS ADR-8 defines a key-value bucket as a stream of this form.
        name=DIRECTOR_STATS,
        subjects=(f"$KV.{subjects.DIRECTOR_STATS_BUCKET}.>",),
        holds="contributions of each film to its directors' statistics",
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
        # NATS ADR-20 defines an object store as a stream of this form, with "discard new". Here the newest failures
        # matter, so the oldest are discarded.
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
    """Return the stream with a name.

    Raises:
        KeyError: There is no such stream.
    """
    return {stream.name: stream for stream in STREAMS}[name]


def table() -> str:
    """Return the topology as a Markdown table, for ARCHITECTURE.md."""
    rows = ["| stream | subjects | holds | written by | read by | kept |", "|---|---|---|---|---|---|"]
    for s in STREAMS:
        readers = "; ".join(f"{c.reader} (`{c.name}`)" for c in s.consumers) or "direct gets"
        retention = f"{s.max_bytes // _MIB:,} MiB" + (f", {s.max_age} days" if s.max_age else "")
        if s.retention == "workqueue":
            retention = f"until acknowledged, {retention}"
        elif s.extra.get("max_msgs_per_subject") == 1:
            retention = f"the last per subject, {retention}"
        names = ", ".join(f"`{subject}`" for subject in s.subjects)
        rows.append(f"| `{s.name}` | {names} | {s.holds} | {s.written_by} | {readers} | {retention} |")
    return "\n".join(rows) + "\n"
