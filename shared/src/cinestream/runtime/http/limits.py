"""The limits of a server's connections."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The limits of a server. An open stream is exempt from all times.

    Args:
        connections: Number of open connections beyond which the connection that has been idle longest is closed.
        spare: Further connections that are accepted while none is idle. They last until a running request ends.
        request_seconds: Seconds from the connection to the last byte of its first request. For a later request they
            count from its first byte.
        idle_seconds: Seconds without a request after which a connection is closed.
        send_seconds: Seconds in which a client must read some of its answer, or its connection is cut.
        linger_seconds: Seconds that a refused client has to read the refusal.
        head_bytes: Maximum size of a request line with its headers.
        body_bytes: Maximum size of a request's body.
        ignored_bytes: Maximum number of bytes that a client sends although they are ignored, such as after a refusal
            or while a stream is open.
        pipelined: Maximum number of requests of one connection that wait for their answers.
    """

    connections: int = 1000
    spare: int = 16
    request_seconds: float = 10
    idle_seconds: float = 60
    send_seconds: float = 30
    linger_seconds: float = 1
    head_bytes: int = 32 * 1024
    body_bytes: int = 64 * 1024
    ignored_bytes: int = 1024 * 1024
    pipelined: int = 16
