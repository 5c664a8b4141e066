"""The first line that a NATS server sends to each client, before any login."""

import json
import socket
from typing import Any
from urllib.parse import urlsplit

from cinestream_flow.message import Message

_SECONDS = 3.0


def server_info(url: str) -> dict[str, Any]:
    """Return the INFO that the server sends first (https://docs.nats.io/reference/reference-protocols/nats-protocol).

    Raises:
        OSError: there is no connection.
        ValueError: the server is not NATS.
    """
    address = urlsplit(url.partition(",")[0])
    with socket.create_connection((address.hostname or "", address.port or 4222), _SECONDS) as connection:
        connection.settimeout(_SECONDS)
        line = connection.makefile("rb").readline(1 << 16)
    kind, _, text = line.partition(b" ")
    if kind != b"INFO":
        raise ValueError(Message("another server answers there"))
    info = json.loads(text)
    return info if isinstance(info, dict) else {}
