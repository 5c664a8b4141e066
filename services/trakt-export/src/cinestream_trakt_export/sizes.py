"""Sizes as people write them in the settings: `8192`, `100MB`, `64MiB`."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from cinestream_flow.message import Message

_BYTES = {"": 1, "K": 1000, "M": 1000**2, "G": 1000**3, "KI": 1024, "MI": 1024**2, "GI": 1024**3}


def parse_size(value: Any) -> Any:
    """Return the bytes of a size such as "100MB" or "8192". Any value that is not a text is returned unchanged.

    KB is 1,000 bytes, and KiB is 1,024 bytes.

    Raises:
        ValueError: The text is not a size.
    """
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(\d{1,18})\s*+([KMG]I?|)B?", value.strip().upper())
    if match is None:
        raise ValueError(Message("expected a size like 100MB (got {value})", value=repr(value)))
    return int(match[1]) * _BYTES[match[2]]


Size = Annotated[int, BeforeValidator(parse_size), Field(ge=1, le=1 << 50)]
"""A setting in bytes that may be written as `100MB`."""
