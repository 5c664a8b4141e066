"""The exit codes of all commands."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit code of a command. Other programs may rely on each meaning."""

    DONE = 0
    """The command did what it was asked to do."""

    FAILED = 1
    """The command failed, or refused a part of its work. `doctor` found a fault."""

    USAGE = 2
    """The command was used wrongly: an option, an argument, a target or a setting is wrong."""

    GAP = 3
    """The command has finished, but a part of the data is missing. The output names it."""

    ALREADY_RUNNING = 4
    """The command runs already with the same data. Nothing was changed."""

    MISSING_DEPENDENCY = 5
    """Something that the command needs is not installed: a browser, a program, or an extra of the package."""

    INTERRUPTED = 130
    """The command was ended by Ctrl-C."""
