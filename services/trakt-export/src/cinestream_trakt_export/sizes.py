"""Sizes as people write them in the settings: `8192`, `100MB`, `64MiB`."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

_BYTES = {"": 1, "K": 1000, "M": 1000**2, "G": 1000**3, "KI": 1024, "MI": 1024**2, "GI": 1024**3}


def parse_size(value: Any) -> Any:
    """Return the bytes of a size such as "100MB" or "8192", and any other value unchanged for pydantic to judge.

    KB is 1,000 bytes, and KiB is 1,024 bytes.
    """
    match = re.fullmatch(r"(\d{1,18})\s*+([KMG]I?|)B?", value.strip().upper()) if isinstance(value, str) else None
    return int(match[1]) * _BYTES[match[2]] if match else value


Size = Annotated[int, BeforeValidator(parse_size), Field(ge=1, le=1 << 50)]
"""A setting in bytes that may be written as `100MB`."""
