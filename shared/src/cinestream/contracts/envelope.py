"""The form of every message: headers with a schema version, and a body."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from cinestream.contracts.errors import Invalid
from cinestream_flow.message import Message

SCHEMA = "Cinestream-Schema"
"""Header of every message with the contract and its version, for example `movie/1`."""


class Envelope(NamedTuple):
    """One message: ASCII headers and a body."""

    headers: dict[str, str]
    body: bytes


def header_time(headers: Mapping[str, str], name: str) -> datetime | None:
    """Return the aware time in a header, or None if the header has none."""
    try:
        time = datetime.fromisoformat(headers.get(name, ""))
    except ValueError:
        return None
    return time if time.tzinfo else None


def require_schema(envelope: Envelope, contract: str, newest: int) -> int:
    """Return the version that the envelope's schema header names.

    Raises:
        Invalid: The header is missing, or names another contract or a version newer than `newest`. All older versions
            stay readable.
    """
    value = envelope.headers.get(SCHEMA, "")
    name, _, version = value.partition("/")
    if name != contract or not version.isascii() or not version.isdigit() or int(version) < 1:
        raise Invalid(
            Message(
                "header {name}: expected {contract}/1..{newest}, got {value!r}",
                name=SCHEMA,
                contract=contract,
                newest=newest,
                value=value,
            )
        )
    if int(version) > newest:
        raise Invalid(
            Message(
                "header {name}: {value} was written by a newer CineStream; upgrade this service",
                name=SCHEMA,
                value=value,
            )
        )
    return int(version)
