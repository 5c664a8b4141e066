"""The permissions that the NATS user of each part needs, as data.

`nats.conf` grants exactly these. `cinestream doctor` compares them with those that the server grants.
Subjects are patterns (https://docs.nats.io/nats-concepts/subjects). `*` stands for one token, and `>` for all that
follow.
"""

from collections.abc import Mapping
from dataclasses import dataclass

USER_INFO = "$SYS.REQ.USER.INFO"
"""Subject on which the server answers with the permissions of the user who asks."""

_API = "$JS.API"
_DEAD_LETTERS = (
    f"{_API}.STREAM.INFO.DEAD_LETTERS",
    f"{_API}.DIRECT.GET.DEAD_LETTERS",
    f"{_API}.STREAM.MSG.DELETE.DEAD_LETTERS",
)


@dataclass(frozen=True)
class Permissions:
    """The permissions of a NATS user.

    Attributes:
        publish: Patterns of the subjects on which it may publish.
        subscribe: Patterns of the subjects to which it may subscribe.
        responds: True if it may answer any request that it receives.
    """

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]
    responds: bool = False

    def may_publish(self, subject: str) -> bool:
        """Return True if one of the patterns permits to publish on a subject."""
        return any(covers(pattern, subject) for pattern in self.publish)


PERMISSIONS: Mapping[str, Permissions] = {
    "topology": Permissions(
        publish=(
            USER_INFO,
            f"{_API}.STREAM.INFO.*",
            f"{_API}.STREAM.CREATE.*",
            f"{_API}.STREAM.UPDATE.*",
            f"{_API}.CONSUMER.DURABLE.CREATE.*.*",
        ),
        subscribe=("_INBOX_topology.>",),
    ),
    "scraper": Permissions(
        publish=(
            USER_INFO,
            *("cinestream.requests.>", "cinestream.schedules.every.>", "cinestream.pages.>", "cinestream.dead.scraper"),
            *(f"{_API}.STREAM.INFO.{stream}" for stream in ("REQUESTS", "SCHEDULES", "PAGES")),
            *(f"{_API}.DIRECT.GET.{messages}" for messages in ("PAGES", "PAGES.>", "SCHEDULES", "REQUESTS.>")),
            *(f"{_API}.CONSUMER.{action}.REQUESTS.*" for action in ("INFO", "MSG.NEXT")),
            *(f"{_API}.CONSUMER.{action}.SCHEDULES.scraper-due" for action in ("INFO", "MSG.NEXT")),
            f"{_API}.CONSUMER.INFO.PAGES.etl",
            *("$JS.ACK.REQUESTS.>", "$JS.ACK.SCHEDULES.>"),
            *("$SRV.>", "cinestream.ask.scraper.>"),
            *_DEAD_LETTERS,
            *("$O.snapshots.C.*", "$O.snapshots.M.*", f"{_API}.STREAM.INFO.OBJ_snapshots"),
            *(f"{_API}.DIRECT.GET.OBJ_snapshots", f"{_API}.DIRECT.GET.OBJ_snapshots.>"),
        ),
        subscribe=("_INBOX_scraper.>", "$SRV.>", "cinestream.ask.scraper.>"),
        responds=True,
    ),
    "etl": Permissions(
        publish=(
            USER_INFO,
            *("cinestream.movies.*", "cinestream.dead.etl", "$KV.director_stats.>", "cinestream.pages.imdb.title.*"),
            *(f"{_API}.STREAM.INFO.{stream}" for stream in ("PAGES", "MOVIES", "KV_director_stats")),
            *(f"{_API}.DIRECT.GET.{messages}" for messages in ("MOVIES", "MOVIES.>", "KV_director_stats.>", "PAGES")),
            *(f"{_API}.CONSUMER.{action}.PAGES.etl" for action in ("INFO", "MSG.NEXT")),
            "$JS.ACK.PAGES.etl.>",
            *_DEAD_LETTERS,
        ),
        subscribe=("_INBOX_etl.>",),
    ),
    "stream-api": Permissions(
        publish=(
            USER_INFO,
            *(f"{_API}.STREAM.INFO.{stream}" for stream in ("MOVIES", "KV_director_stats")),
            *(f"{_API}.DIRECT.GET.{stream}" for stream in ("MOVIES", "KV_director_stats")),
            *(f"{_API}.DIRECT.GET.{stream}.>" for stream in ("MOVIES", "KV_director_stats")),
        ),
        subscribe=("_INBOX_stream-api.>", "cinestream.live.movies.*"),
    ),
    "trakt-export": Permissions(
        publish=(
            USER_INFO,
            "cinestream.requests.crawl.title.*",
            f"{_API}.DIRECT.GET.MOVIES.cinestream.movies.*",
        ),
        subscribe=("_INBOX_trakt-export.>",),
    ),
    "takedown": Permissions(
        publish=(
            USER_INFO,
            *("cinestream.movies.*", "$KV.director_stats.*", f"{_API}.STREAM.PURGE.MOVIES"),
            f"{_API}.DIRECT.GET.MOVIES.cinestream.movies.*",
            f"{_API}.DIRECT.GET.KV_director_stats.$KV.director_stats.*",
        ),
        subscribe=("_INBOX_takedown.>",),
    ),
}
"""The permissions by the name of the user."""


def covers(pattern: str, subject: str) -> bool:
    """Return True if a pattern matches a subject, or every subject that another pattern matches."""
    allowed, wanted = pattern.split("."), subject.split(".")
    for position, part in enumerate(allowed):
        if part == ">":
            return len(wanted) > position
        if position >= len(wanted) or wanted[position] == ">" or part not in ("*", wanted[position]):
            return False
    return len(allowed) == len(wanted)
