"""The result of the previous export, so that an account without changes is not exported again."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from cinestream_flow import atomic
from cinestream_trakt_export.library.request import Request, Summary

# The sections of `last_activities` that an export depends on. Other exports depend on the films alone.
_SECTIONS = {"shows": ("shows", "seasons", "episodes"), "watchlist": ("movies", "watchlist")}


def activities_of(kind: str, activities: Any) -> Mapping[str, Any]:
    """Return the times of the last changes that concern an export.

    Args:
        kind: the kind of the export.
        activities: the decoded answer of `/sync/last_activities`.
    """
    if not isinstance(activities, dict):
        return {}
    return {name: activities.get(name) for name in _SECTIONS.get(kind, ("movies",))}


class PreviousExport:
    """The result of the previous export of the same request.

    Args:
        path: the file with the result. It does not exist before the first export.
        identity: the identity of the request. A result of another request is ignored.
    """

    def __init__(self, path: Path, identity: Mapping[str, str]) -> None:
        self._path, self._identity = path, dict(identity)

    def unchanged(self, request: Request, activities: Mapping[str, Any]) -> Summary | None:
        """Return the summary of the previous export if nothing has changed at Trakt or in the files, otherwise None."""
        try:
            found = orjson.loads(self._path.read_bytes())
            paths = [request.out / name for name in found["files"]]
            same = (
                found["identity"] == self._identity and found["activities"] == activities and any(activities.values())
            )
            if same and [_digest(path) for path in paths] == [*found["files"].values()]:
                return Summary(found["rows"], found["skipped"], files=paths, unchanged=True)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass  # there is no result, or it is not readable, so the list is exported
        return None

    def remember(self, summary: Summary, activities: Mapping[str, Any]) -> None:
        """Store the result of an export.

        `activities` must be read before the export. A change during the export is then noticed the next time.
        """
        facts = {
            "identity": self._identity,
            "activities": activities,
            "files": {path.name: _digest(path) for path in summary.files},
            "rows": summary.rows,
            "skipped": summary.skipped,
        }
        atomic.write(self._path, orjson.dumps(facts), mode=0o600)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
