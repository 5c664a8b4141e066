"""What an export is asked to do, and what it came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from cinestream_trakt_export.library.date_range import ALL_DAYS, DateRange
from cinestream_trakt_export.library.filters import NO_FILTERS, Filters
from cinestream_trakt_export.library.values import Row
from cinestream_trakt_export.options import LETTERBOXD, Level

KINDS = ("watched", "history", "collection", "ratings", "watchlist", "shows")
MODES = ("aggregated", "individual")


def mode_of(kind: str, mode: str) -> str:
    """The mode that counts: "auto" is a row per viewing for the history, and one per film for all else."""
    if mode != "auto":
        return mode
    return "individual" if kind == "history" else "aggregated"


@dataclass(frozen=True)
class Request:
    """What is exported, and where to.

    Args:
        kind: one of `KINDS`.
        out: folder of the files.
        mode: one of `MODES`, or "auto".
        date_range: what happened on other days is left out.
        preview: so many rows are shown, and nothing is written; 0: all is written.
        enrich: whether the rows have the directors that our stream knows.
        filters: which films; others are left out.
        extended: which columns the files have, as `columns` says.
        enqueue: whether our scraper is asked for the films.
    """

    kind: str
    out: Path
    mode: str = "auto"
    date_range: DateRange = ALL_DAYS
    preview: int = 0
    enrich: bool = False
    filters: Filters = NO_FILTERS
    extended: Level = LETTERBOXD
    enqueue: bool = False

    def identity(self, account: str, api: str) -> dict[str, str]:
        """All that the files depend on, beside the library."""
        return {
            "account": account,
            "api": api,
            "enrich": "yes" if self.enrich else "",
            "export": self.kind,
            "genre": ",".join(self.filters.genres),
            "mode": mode_of(self.kind, self.mode),
            "out": str(self.out.resolve()),
            "preview": str(self.preview),
            "since": self.date_range.since.isoformat() if self.date_range.since else "",
            "status": ",".join(self.filters.statuses),
        } | self._newer

    @property
    def _newer(self) -> dict[str, str]:
        """What older checkpoints do not name: there it is as by default."""
        named = {
            "enqueue": "yes" if self.enqueue else "",
            "extended": self.extended if self.extended != LETTERBOXD else "",
            "until": self.date_range.until.isoformat() if self.date_range.until else "",
        }
        return {name: value for name, value in named.items() if value}

    @classmethod
    def of(cls, identity: Mapping[str, str]) -> "Request":
        """The request that has this identity."""
        days = (identity.get(name) for name in ("since", "until"))
        date_range = DateRange(*(date.fromisoformat(day) if day else None for day in days))
        preview, enrich = int(identity["preview"]), bool(identity["enrich"])
        filters = Filters(*(tuple(filter(None, identity[name].split(","))) for name in ("genre", "status")))
        return cls(
            identity["export"],
            Path(identity["out"]),
            identity["mode"],
            date_range,
            preview,
            enrich,
            filters,
            cast(Level, identity.get("extended", LETTERBOXD)),
            bool(identity.get("enqueue")),
        )


@dataclass(frozen=True)
class Summary:
    """What an export came to.

    Args:
        rows: written, or shown.
        skipped: items that could not be exported.
        requests: that were sent to Trakt.
        files: that were written.
        first: the rows of a preview.
        columns: of the rows.
        unchanged: nothing has changed since the last export: the files are as they were.
    """

    rows: int = 0
    skipped: int = 0
    requests: int = 0
    files: Sequence[Path] = ()
    first: Sequence[Row] = ()
    columns: Row = ()
    unchanged: bool = False
