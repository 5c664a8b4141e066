"""The only package that talks to NATS.

It sends plain requests to the JetStream API, so that every error code is known exactly. The connection is restored
automatically, and requests raise `Transient` in the meantime.
"""

from cinestream.bus.jetstream.bus import Bus
from cinestream.bus.jetstream.deliveries import Delivery, Pull
from cinestream.bus.jetstream.stored import (
    TIME_STAMP,
    AlreadyQueued,
    ConsumerState,
    NotDeclared,
    StoredMessage,
    StreamState,
    WrongLastSequence,
    nats_time,
)
from cinestream.bus.jetstream.violations import PermissionDenied

__all__ = [
    "TIME_STAMP",
    "AlreadyQueued",
    "Bus",
    "ConsumerState",
    "Delivery",
    "NotDeclared",
    "PermissionDenied",
    "Pull",
    "StoredMessage",
    "StreamState",
    "WrongLastSequence",
    "nats_time",
]
