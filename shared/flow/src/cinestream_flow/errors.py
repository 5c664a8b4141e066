"""Errors that show the caller whether to try again.

    Exception
    ├── Invalid             the input is wrong: do not try again
    ├── Transient           a dependency is not ready: try again later
    └── MissingDependency   something is not installed: install it

Any other exception is a bug. The library never catches one to hide it.
"""


class Invalid(Exception):
    """The input is wrong, and every further attempt would fail the same way.

    Args:
        reason: The rule that is broken, and the value that breaks it.
        evidence: Name of a stored object that shows the failure, if there is one.
    """

    def __init__(self, reason: str, *, evidence: str | None = None) -> None:
        super().__init__(reason)
        self.evidence = evidence


class Transient(Exception):
    """A dependency is not ready: a race was lost, or a server is busy or unreachable.

    Args:
        reason: The dependency and its state, for logs.
        retry_after: Seconds to wait before the next attempt. None leaves the delay to the caller's backoff.
    """

    def __init__(self, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class MissingDependency(Exception):
    """Something that the program needs is not installed. The message names it, and how to install it."""
