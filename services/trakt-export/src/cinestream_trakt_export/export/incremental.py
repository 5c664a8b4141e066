"""What was exported before, so that an account in which nothing has changed costs next to nothing."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from cinestream_flow import atomic
from cinestream_trakt_export.library.request import Request, Summary

_SECTIONS = {"shows": ("shows", "seasons", "episodes"), "watchlist": ("movies", "watchlist")}


def activities_of(kind: str, activities: Any) -> Mapping[str, Any]:
    """What Trakt says of the last changes of what an export reads, from `last_activities`."""
    if not isinstance(activities, dict):
        return {}
    return {name: activities.get(name) for name in _SECTIONS.get(kind, ("movies",))}


class PreviousExport:
    """What an export came to the last time.

    Args:
        path: the file that says so; not there before the first time.
        identity: of the request; what came of another one is no answer.
    """

    def __init__(self, path: Path, identity: Mapping[str, str]) -> None:
        self._path, self._identity = path, dict(identity)

    def unchanged(self, request: Request, activities: Mapping[str, Any]) -> Summary | None:
        """What the files still are; None when something has changed at Trakt, or in the files."""
        try:
            found = orjson.loads(self._path.read_bytes())
            paths = [request.out / name for name in found["files"]]
            same = (
                found["identity"] == self._identity and found["activities"] == activities and any(activities.values())
            )
            if same and [_digest(path) for path in paths] == [*found["files"].values()]:
                return Summary(found["rows"], found["skipped"], files=paths, unchanged=True)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass  # not there, or not ours: then it is exported
        return None

    def remember(self, summary: Summary, activities: Mapping[str, Any]) -> None:
        """Say what came of the export; `activities` are those of before it."""
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
