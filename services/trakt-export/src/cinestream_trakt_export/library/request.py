"""The request for an export, and its summary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from cinestream_trakt_export.library.date_range import ALL_DAYS, DateRange
from cinestream_trakt_export.library.filters import NO_FILTERS, Filters
from cinestream_trakt_export.library.values import Row
from cinestream_trakt_export.options import LETTERBOXD, Level


def mode_of(kind: str, mode: str) -> str:
    """Return the mode of an export. "auto" means a row per viewing for the history, and a row per film for others."""
    if mode != "auto":
        return mode
    return "individual" if kind == "history" else "aggregated"


@dataclass(frozen=True)
class Request:
    """An export of one list.

    Args:
        kind: one of `KINDS`.
        out: the folder of the files.
        mode: one of `MODES`, or "auto".
        date_range: rows of other days are left out.
        preview: the number of rows to show without writing files. With 0, all rows are written.
        enrich: add the directors from our stream.
        filters: films that they do not accept are left out.
        extended: the level of detail, which chooses the columns.
        enqueue: ask our scraper to read the films.
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
        """Return everything that the files depend on, except the content of the library.

        An interrupted export is continued only by a request with the same identity.

        Args:
            account: the slug of the account.
            api: the URL of the API.
        """
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
        """Values that checkpoints of earlier releases do not have. They are left out when they are the default."""
        values = {
            "enqueue": "yes" if self.enqueue else "",
            "extended": self.extended if self.extended != LETTERBOXD else "",
            "until": self.date_range.until.isoformat() if self.date_range.until else "",
        }
        return {name: value for name, value in values.items() if value}

    @classmethod
    def of(cls, identity: Mapping[str, str]) -> "Request":
        """Return the request that has this identity."""
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
    """The result of an export.

    Args:
        rows: the number of rows that were written or shown.
        skipped: the number of items that could not be exported.
        requests: the number of requests that were sent to Trakt.
        files: the files that were written.
        first: the rows of a preview.
        columns: the names of the columns.
        unchanged: nothing has changed since the last export, and the files were not written again.
    """

    rows: int = 0
    skipped: int = 0
    requests: int = 0
    files: Sequence[Path] = ()
    first: Sequence[Row] = ()
    columns: Row = ()
    unchanged: bool = False
