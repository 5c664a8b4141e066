"""The only package that talks to NATS.

`stored` says what is read and what can go wrong; `deliveries` is what a durable hands out; `straight` is a short way
for subjects of which very many messages come; `requests` asks the server, in plain requests to the JetStream API, so
that every error code is known exactly; `micro` answers those who ask us; `connection` is the `Bus`, which offers all of
it. The connection heals by itself, for ever; meanwhile requests raise `Transient`.
"""

from cinestream.bus.jetstream.connection import Bus
from cinestream.bus.jetstream.deliveries import Delivery, Pull
from cinestream.bus.jetstream.stored import (
    AlreadyQueued,
    ConsumerState,
    NotDeclared,
    Stored,
    StreamState,
    WrongLast,
    nats_time,
)

__all__ = [
    "AlreadyQueued",
    "Bus",
    "ConsumerState",
    "Delivery",
    "NotDeclared",
    "Pull",
    "Stored",
    "StreamState",
    "WrongLast",
    "nats_time",
]
