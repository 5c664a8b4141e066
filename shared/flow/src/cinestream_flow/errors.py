"""The verdicts that a handler can raise; each means one action.

    Exception
    ├── Invalid     the message can never be handled: dead letter
    └── Transient   not now: give it back, try again later

Any other exception is a bug: logged with its traceback, redelivered, dead letter at the last delivery.
"""


class Invalid(Exception):
    """The message itself is wrong, and will be wrong at every delivery: it becomes a dead letter.

    Args:
        reason: which rule and which value.
        snapshot: the name of the object that shows what failed, if one was stored.
    """

    def __init__(self, reason: str, *, snapshot: str | None = None) -> None:
        super().__init__(reason)
        self.snapshot = snapshot


class Transient(Exception):
    """The world is not ready (a lost race, a busy site, a bus that is away): try again later.

    Args:
        reason: what is not ready, for logs.
        retry_after: seconds to wait before the next delivery; None leaves the backoff to the worker.
    """

    def __init__(self, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
