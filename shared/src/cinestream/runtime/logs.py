"""Logs: structlog, one event a line, to stderr; `console` for people, `json` for machines."""

import logging
import sys
from typing import Literal

import structlog

_OURS = "cinestream"
"""Parent of all loggers that structlog makes, so that libraries can be quieter than we are."""


def configure_logs(format: Literal["console", "json"], level: str, *, service: str) -> None:
    """Send our own events and those of libraries through one pipeline to stderr."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        lambda _logger, _name, event: {"service": service, **event},
    ]
    renderer: list[structlog.typing.Processor] = (
        [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()]
        if format == "json"
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=lambda *name: logging.getLogger(".".join((_OURS, *name))),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=True,
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
    # Events of ours have gone through structlog's own filter.
    logging.getLogger(_OURS).setLevel(logging.DEBUG)
    logging.getLogger("nats").setLevel(logging.CRITICAL)  # the bus reports its errors itself
