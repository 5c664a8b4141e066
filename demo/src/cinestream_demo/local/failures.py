"""Reasons for which the local run does not start, with the exit code of each."""

from pathlib import Path

from cinestream.commands.exit_codes import ExitCode
from cinestream_flow.message import Message


class CannotRun(Exception):
    """The local run cannot start.

    Args:
        reason: what to change, or the last lines that the failed process printed.
        exit_code: exit code of `cinestream-run`.
    """

    def __init__(self, reason: str, exit_code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(reason)
        self.exit_code = exit_code


def unwritable(directory: Path, error: OSError) -> CannotRun:
    """Return the error of a data directory that cannot be written."""
    return CannotRun(
        Message(
            "the data directory {directory} cannot be written ({error}): set CINESTREAM_DATA_DIR to another one",
            directory=directory,
            error=error.strerror,
        )
    )
