"""Types of settings that are written with a unit: durations such as "24h", and sizes such as "100MB"."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from cinestream.runtime.durations import parse_duration

_BYTES = {"": 1, "K": 1000, "M": 1000**2, "G": 1000**3, "KI": 1024, "MI": 1024**2, "GI": 1024**3}
_MAX_SECONDS = 366 * 86400


def seconds(value: Any) -> Any:
    """Return the seconds of a duration such as "30s", and any other value unchanged for pydantic to judge."""
    try:
        return parse_duration(value) if isinstance(value, str) else value
    except ValueError:
        return value


def size(value: Any) -> Any:
    """Return the bytes of a size such as "100MB" or "8192", and any other value unchanged for pydantic to judge.

    KB is 1,000 bytes, and KiB is 1,024 bytes.
    """
    match = re.fullmatch(r"\s*(\d+)\s*([KMG]I?|)B?\s*", value.upper()) if isinstance(value, str) else None
    return int(match[1]) * _BYTES[match[2]] if match else value


Duration = Annotated[float, BeforeValidator(seconds), Field(gt=0, le=_MAX_SECONDS)]
Size = Annotated[int, BeforeValidator(size), Field(ge=1, le=1 << 50)]
