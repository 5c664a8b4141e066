"""Logs by structlog on stderr, one event per line: `console` for people, `json` for machines."""

import logging
import sys
from typing import Literal

import structlog
from structlog.tracebacks import ExceptionDictTransformer

_OURS = "cinestream"
"""Parent of all loggers of CineStream. Loggers of libraries have a higher level."""


def configure_logs(format: Literal["console", "json"], level: str, *, service: str) -> None:
    """Send the events of CineStream and of libraries to stderr in one format.

    Args:
        format: `console` or `json`.
        level: Lowest level of CineStream's events. Libraries log from `warning` on.
        service: Name of the service in every event.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        lambda _logger, _name, event: {"service": service, **event},
    ]
    # Tracebacks have no local variables. These may be secrets, and to format an index of films took seconds.
    renderer: list[structlog.typing.Processor] = (
        [
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(),
        ]
        if format == "json"
        else [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=lambda *name: logging.getLogger(".".join((_OURS, *name))),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    # structlog has already filtered our events by their level.
    logging.getLogger(_OURS).setLevel(logging.DEBUG)
    logging.getLogger("nats").setLevel(logging.CRITICAL)  # the bus reports these errors itself
