"""The result of a check."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce

from cinestream_flow.message import Message


class Status(StrEnum):
    """The outcome of a check, as `--json` names it."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Result:
    """The result of a check.

    Attributes:
        status: outcome.
        found: facts that the check found, a message for the user.
        cure: action that helps, a message for the user. Empty if all is well.
        command: line for a shell that does it. Empty if no single line can do it.
    """

    status: Status
    found: str
    cure: str = ""
    command: str = ""

    @property
    def failed(self) -> bool:
        """True for a line ✗."""
        return self.status is Status.FAILED


class NotChecked(Exception):
    """A check cannot do its work, because something that another check reports is missing.

    Args:
        reason: message for the user.
        cure: action that helps.
        command: line for a shell that does it.
    """

    def __init__(self, reason: str, cure: str = "", command: str = "") -> None:
        super().__init__(reason)
        self.cure, self.command = cure, command


def joined(messages: Sequence[str]) -> str:
    """Return several messages as one. Each can still be translated."""
    return reduce(lambda first, second: Message("{first}; {second}", first=first, second=second), messages)


def ok(found: str) -> Result:
    """Return the result of a check that found no problem."""
    return Result(Status.OK, found)


def warning(found: str, cure: str, command: str = "") -> Result:
    """Return the result of a check that found something to look at."""
    return Result(Status.WARNING, found, cure, command)


def failed(found: str, cure: str, command: str = "") -> Result:
    """Return the result of a check that found a fault."""
    return Result(Status.FAILED, found, cure, command)
