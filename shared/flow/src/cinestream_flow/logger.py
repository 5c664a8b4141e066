"""Loggers that import structlog with their first event.

The import of structlog takes as long as that of all of pydantic, and a command that succeeds at once logs nothing.
"""

import sys
from collections.abc import Callable
from typing import Any

_configure: Callable[[], None] | None = None


class Logger:
    """A logger of structlog that is made when it is first used. It has the methods of structlog's loggers.

    Args:
        name: Name of the logger.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, method: str) -> Any:
        """Return a method of the logger, after `configure_at_first_event` has taken effect."""
        import structlog

        configure_now()
        return getattr(structlog.get_logger(self._name), method)  # noqa: TID251


def get_logger(name: str) -> Logger:
    """Return the logger with a name."""
    return Logger(name)


def configure_at_first_event(configure: Callable[[], None]) -> None:
    """Call a function that configures structlog before its first event, or now if structlog is imported already."""
    global _configure
    _configure = configure
    if "structlog" in sys.modules:
        configure_now()


def configure_now() -> None:
    """Call the function of `configure_at_first_event`, unless it was called."""
    global _configure
    configure, _configure = _configure, None
    if configure:
        configure()
