"""Durations and sizes as people write them: "30s", "24h", "100MB"."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from cinestream.runtime.durations import parse_duration

_BYTES = {"": 1, "K": 1000, "M": 1000**2, "G": 1000**3, "KI": 1024, "MI": 1024**2, "GI": 1024**3}
_LONGEST = 366 * 86400


def seconds(value: Any) -> Any:
    """Return the seconds of a duration such as "30s", and any other value unchanged for pydantic to judge."""
    try:
        return parse_duration(value) if isinstance(value, str) else value
    except ValueError:
        return value


def size(value: Any) -> Any:
    """Bytes from "8192", "64KB", "100MB", "1GiB"; anything else stays. KB is 1,000 bytes, KiB 1,024."""
    match = re.fullmatch(r"\s*(\d+)\s*([KMG]I?|)B?\s*", value.upper()) if isinstance(value, str) else None
    return int(match[1]) * _BYTES[match[2]] if match else value


Duration = Annotated[float, BeforeValidator(seconds), Field(gt=0, le=_LONGEST)]
Size = Annotated[int, BeforeValidator(size), Field(ge=1, le=1 << 50)]
