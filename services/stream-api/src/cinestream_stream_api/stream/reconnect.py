"""The delay after which a client should reconnect."""

import random


def reconnect_delay_ms(min_ms: int, *, spread: int) -> int:
    """Return a random delay between `min_ms` and `(1 + spread) * min_ms` milliseconds.

    The delay is random so that clients that lose their streams together do not all come back at the same moment. The
    first block of a stream has a delay too, because a server that crashes cannot send a last one.
    """
    return min_ms + int(random.random() * min_ms * spread)  # noqa: S311 - nothing secret
