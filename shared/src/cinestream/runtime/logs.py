"""Logs by structlog on stderr, one event per line: `console` for people, `json` for machines."""

import logging
import sys
from functools import partial
from typing import TYPE_CHECKING, Literal, TextIO

from cinestream_flow.logger import configure_at_first_event, configure_now

if TYPE_CHECKING:
    import structlog

Format = Literal["console", "json"]

_OURS = "cinestream"
"""Parent of all loggers of CineStream. Loggers of libraries have a higher level."""


def configure_logs(format: Format, level: str, *, service: str, stream: TextIO | None = None) -> None:
    """Send the events of CineStream and of libraries to stderr in one format.

    The first event imports structlog.

    Args:
        format: `console` or `json`.
        level: Lowest level of CineStream's events. Libraries log from `warning` on.
        service: Name of the service in every event.
        stream: Text stream to write to instead of stderr.
    """
    root = logging.getLogger()
    root.handlers = [_FirstRecord()]
    root.setLevel(logging.WARNING)
    # structlog has already filtered our events by their level.
    logging.getLogger(_OURS).setLevel(logging.DEBUG)
    logging.getLogger("nats").setLevel(logging.CRITICAL)  # the bus reports these errors itself
    configure_at_first_event(partial(_configure, format, level, service, stream))


class _FirstRecord(logging.Handler):
    """The handler until the first record, for which it configures structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        configure_now()
        for handler in logging.getLogger().handlers:
            if handler is not self:
                handler.handle(record)


def _configure(format: Format, level: str, service: str, stream: TextIO | None) -> None:
    import structlog

    output = stream or sys.stderr
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        lambda _logger, _name, event: {"service": service, **event},
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=lambda *name: logging.getLogger(".".join((_OURS, *name))),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
    )
    handler = logging.StreamHandler(output)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderer(format, output)],
        )
    )
    logging.getLogger().handlers = [handler]


def _renderer(format: Format, output: TextIO) -> "list[structlog.typing.Processor]":
    """Return the last processors. Tracebacks have no local variables: they may be secrets, and large."""
    import structlog
    from structlog.tracebacks import ExceptionDictTransformer

    if format == "json":
        transformer = ExceptionDictTransformer(show_locals=False)
        return [structlog.processors.ExceptionRenderer(transformer), structlog.processors.JSONRenderer()]
    colors = output.isatty()
    return [structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback)]
