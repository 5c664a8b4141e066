"""The form that every contract takes on the wire: headers and a body, with a schema version."""

from datetime import datetime
from typing import NamedTuple

from cinestream.contracts.errors import Invalid

SCHEMA = "Cinestream-Schema"
"""Header of every message: `<contract>/<version>`, e.g. `movie/1`."""


class Envelope(NamedTuple):
    """One message: ASCII headers, and a body of bytes."""

    headers: dict[str, str]
    body: bytes


def moment(headers: dict[str, str], name: str) -> datetime | None:
    """The time with a zone that a header says; None if it says none."""
    try:
        time = datetime.fromisoformat(headers.get(name, ""))
    except ValueError:
        return None
    return time if time.tzinfo else None


def require_schema(envelope: Envelope, contract: str, newest: int) -> int:
    """Return the version that the envelope's schema header names.

    Raises:
        Invalid: the header is missing, names another contract, or a version newer than `newest`
            (older ones stay readable for ever).
    """
    value = envelope.headers.get(SCHEMA, "")
    name, _, version = value.partition("/")
    if name != contract or not version.isascii() or not version.isdigit() or int(version) < 1:
        raise Invalid(f"header {SCHEMA}: expected {contract}/1..{newest}, got {value!r}")
    if int(version) > newest:
        raise Invalid(f"header {SCHEMA}: {value} was written by a newer CineStream; upgrade this service")
    return int(version)
