"""Reasons for which the local run does not start, with their exit codes."""

from pathlib import Path
from typing import ClassVar

from cinestream.commands.exit_codes import ExitCode
from cinestream_flow.message import Message


class CannotRun(Exception):
    """The local run cannot start.

    The text says what to change, or holds the last lines that the failed process printed.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED


class AlreadyRunning(CannotRun):
    """Another run, or the NATS server of a run that was killed, uses the data directory."""

    exit_code = ExitCode.ALREADY_RUNNING


class MissingProgram(CannotRun):
    """A program that the run starts is not installed."""

    exit_code = ExitCode.MISSING_DEPENDENCY


def unwritable(directory: Path, error: OSError) -> CannotRun:
    """Return the error of a data directory that cannot be written."""
    return CannotRun(
        Message(
            "the data directory {directory} cannot be written ({error}): set CINESTREAM_DATA_DIR to another one",
            directory=directory,
            error=error.strerror,
        )
    )
