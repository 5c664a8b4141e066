"""A reader of Trakt's own export of an account, a zip file that Trakt offers under Settings, Data.

Its files have lists of the same items as the API. Large lists come in numbered parts, such as
`watched-history-1.json`.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any

import msgspec

from cinestream_flow.message import Message
from cinestream_trakt_export.trakt.endpoints import (
    COLLECTED_MOVIES,
    COLLECTED_SHOWS,
    HISTORY_EPISODES,
    HISTORY_MOVIES,
    RATED_EPISODES,
    RATED_MOVIES,
    RATED_SHOWS,
    WATCHED_MOVIES,
    WATCHED_SHOWS,
    WATCHLIST_MOVIES,
)
from cinestream_trakt_export.trakt.errors import TraktError

MAX_FILE_BYTES = 256_000_000
"""The largest size of one file of an archive. Trakt cuts the history into much smaller parts."""
_PART = r"(?:-(\d{1,9}))?\.json"
_FILES = {
    HISTORY_MOVIES: re.compile(rf"watched-history{_PART}"),
    WATCHED_MOVIES: re.compile(rf"watched-movies{_PART}"),
    RATED_MOVIES: re.compile(rf"ratings-movies{_PART}"),
    WATCHLIST_MOVIES: re.compile(rf"(?:lists-)?watchlist(?:-movies)?{_PART}"),
    COLLECTED_MOVIES: re.compile(rf"collection-movies{_PART}"),
    HISTORY_EPISODES: re.compile(rf"watched-history{_PART}"),
    WATCHED_SHOWS: re.compile(rf"watched-shows{_PART}"),
    RATED_SHOWS: re.compile(rf"ratings-shows{_PART}"),
    RATED_EPISODES: re.compile(rf"ratings-episodes{_PART}"),
    COLLECTED_SHOWS: re.compile(rf"collection-shows{_PART}"),
}
_SETTINGS = re.compile(r"(?:user-)?settings\.json")
_items = msgspec.json.Decoder(list[msgspec.Raw]).decode


class _Kind(msgspec.Struct):
    type: Any = None


_kind = msgspec.json.Decoder(_Kind).decode


class Archive:
    """An open archive.

    Raises:
        TraktError: the file is not a zip file, or cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile) as error:
            raise TraktError(Message("{path} cannot be read ({error})", path=path, error=error)) from None

    @property
    def zone(self) -> str:
        """The time zone of the account, or an empty text if the archive does not name it."""
        for name, _ in self._members(_SETTINGS):
            content = self._read(name, msgspec.json.decode)
            account = content.get("account") if isinstance(content, dict) else None
            zone = account.get("timezone") if isinstance(account, dict) else None
            return zone if isinstance(zone, str) else ""
        return ""

    def has(self, path: str) -> bool:
        """Return True if the archive has files of a list of the API."""
        return any(True for _ in self._members(_FILES[path]))

    def items(self, path: str) -> Iterator[tuple[int, msgspec.Raw]]:
        """Yield the items of a list of the API with their positions, which count from 1.

        A file of the history has films and episodes. Items of the other kind are left out, but have positions too.

        Raises:
            TraktError: files of the list are missing, or cannot be read.
        """
        members = sorted(self._members(_FILES[path]), key=lambda member: member[1])
        numbers = [number for _, number in members]
        if not members or (numbers != [0] and numbers != [*range(numbers[0], numbers[0] + len(numbers))]):
            raise TraktError(Message("{path} lacks files of {list}", path=self.path, list=path))
        films, position = path.endswith("/movies"), 0
        for name, _ in members:
            for item in self._read(name, _items):
                position += 1
                if _has_kind(item, films=films):
                    yield position, item

    def _members(self, pattern: re.Pattern[str]) -> Iterator[tuple[str, int]]:
        """Yield the names of matching files in any folder, with their numbers. A name without a number has 0."""
        for name in self._zip.namelist():
            if match := pattern.fullmatch(PurePosixPath(name).name):
                yield name, int((match.groups() or ("",))[0] or 0)

    def _read(self, name: str, decode: Any) -> Any:
        if self._zip.getinfo(name).file_size > MAX_FILE_BYTES:
            raise TraktError(Message("{name} has more than {limit:,} bytes", name=name, limit=MAX_FILE_BYTES))
        try:
            return decode(self._zip.read(name))
        except (OSError, zipfile.BadZipFile, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise TraktError(Message("{path} cannot be read ({error})", path=name, error=error)) from None

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()


def _has_kind(item: msgspec.Raw, *, films: bool) -> bool:
    """Return True if an item is of the requested kind: a film, or with `films` false anything else."""
    try:
        kind = _kind(item).type
        return kind is None or (kind == "movie") == films
    except msgspec.DecodeError:
        return True  # the parser rejects it, and its reason goes into skipped.csv
