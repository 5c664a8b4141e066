"""The file that keeps the position of a stream between two runs of `cinestream watch`."""

import fcntl
import os
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from cinestream.commands.exit_codes import ExitCode
from cinestream.commands.frame import fail
from cinestream_cli.watch.request import WatchRequest, is_id
from cinestream_flow.atomic import replacing
from cinestream_flow.errors import Invalid
from cinestream_flow.message import Message

_SECONDS_BETWEEN_WRITES = 0.5


class Cursor:
    """The position up to which everything was printed, in a file that belongs to one stream.

    `last_id` is the position, or empty. The file is locked, so that no second process moves the position.

    Args:
        path: the file. It is created if it is missing, and empty until the first position.
        request: the stream. Another address or other filters need another file.

    Raises:
        Invalid: the file is none of this program, or belongs to another stream.
        typer.Exit: another process uses the file.
    """

    def __init__(self, path: Path, request: WatchRequest) -> None:
        self._path = Path(os.path.realpath(path))  # a link stays a link
        self._stream = {"url": request.shown_url, "filters": [list(pair) for pair in request.filters]}
        self._locked: int | None = None
        self._written_at = 0.0
        self.last_id = self._stored = self._open()

    def move(self, id: str, *, at_rest: bool) -> None:
        """Set the position. It is stored soon: at once if the stream is at rest, else with a later position."""
        self.last_id = id
        if at_rest or time.monotonic() - self._written_at > _SECONDS_BETWEEN_WRITES:
            self.store()

    def store(self) -> None:
        """Write the position into the file.

        Raises:
            OSError: the file cannot be written.
        """
        if self.last_id == self._stored:
            return
        with replacing(self._path) as file:
            file.write(orjson.dumps({**self._stream, "id": self.last_id}) + b"\n")
            new = os.dup(file.fileno())
            fcntl.flock(new, fcntl.LOCK_EX)
        self.unlock()
        self._locked, self._stored, self._written_at = new, self.last_id, time.monotonic()

    def unlock(self) -> None:
        """Let another process use the file."""
        if self._locked is not None:
            os.close(self._locked)
            self._locked = None

    def _open(self) -> str:
        """Lock the file and return the position in it, or an empty text if there is no file."""
        if not os.access(self._path.parent, os.W_OK):
            raise Invalid(
                Message(
                    "{path} cannot be written: there is no folder {folder}, or it is read-only",
                    path=self._path,
                    folder=self._path.parent,
                )
            )
        self._locked = self._lock()
        content = self._path.read_bytes()
        return self._id_in(content) if content else ""

    def _lock(self) -> int:
        """Create the file if it is missing, and return it locked. Another process may replace it meanwhile."""
        while True:
            file = os.open(self._path, os.O_RDONLY | os.O_CREAT | os.O_NONBLOCK, 0o644)
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise self._is_no_cursor()
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                message = Message("{path} is used by another `cinestream watch`: name another file", path=self._path)
                fail(message, ExitCode.ALREADY_RUNNING)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file), self._path.stat()):
                    return file
            os.close(file)

    def _id_in(self, content: bytes) -> str:
        try:
            stored: dict[str, Any] = orjson.loads(content)
            id, stream = stored.pop("id"), stored
        except (ValueError, AttributeError, KeyError, TypeError):
            raise self._is_no_cursor() from None
        if not (isinstance(id, str) and is_id(id)):
            raise self._is_no_cursor()
        if stream != self._stream:
            raise Invalid(
                Message(
                    "{path} belongs to {stored}, and you asked for {requested}: name another file for it, or delete "
                    "this one to start anew",
                    path=self._path,
                    stored=_readable(stream),
                    requested=_readable(self._stream),
                )
            )
        return id

    def _is_no_cursor(self) -> Invalid:
        return Invalid(
            Message("{path} is no cursor file: name another file, or delete it to start anew", path=self._path)
        )


def _readable(stream: dict[str, Any]) -> str:
    filters = [f"{name}={value}" for name, value in stream.get("filters", ())]
    return " ".join([str(stream.get("url")), *filters])
