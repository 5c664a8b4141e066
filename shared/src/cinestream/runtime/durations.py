"""Durations as people write them: `45` and `45s` for seconds, `500ms`, `30m`, `24h`, `7d`."""

import re
from typing import Annotated

from pydantic import BeforeValidator

from cinestream_flow.message import Message

_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*(ms|[smhd]?)", re.ASCII)
_SECONDS = {"ms": 0.001, "": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


def parse_duration(text: str, *, unit_required: bool = False) -> float:
    """Return a duration in seconds.

    Args:
        text: A number and a unit: ms, s, m, h or d.
        unit_required: False accepts a number without a unit as seconds.

    Raises:
        ValueError: The text is not a duration.
    """
    match = _DURATION.fullmatch(text.strip())
    if not match or (unit_required and not match[2]):
        raise ValueError(Message("{text} is not a duration: write 90, 30m or 24h", text=repr(text)))
    return float(match[1]) * _SECONDS[match[2]]


def format_duration(seconds: int) -> str:
    """Return whole seconds in the largest unit that divides them, as people write them: `30m` for 1,800."""
    unit = next(unit for unit in ("d", "h", "m", "s") if seconds % _SECONDS[unit] == 0)
    return f"{int(seconds / _SECONDS[unit])}{unit}"


Duration = Annotated[float, BeforeValidator(lambda value: parse_duration(value) if isinstance(value, str) else value)]
"""A setting in seconds that may be written as `24h`."""
