"""The errors that the handler of a message raises.

`Invalid` means that the message can never be handled. It becomes a dead letter. `Transient` means that it cannot be
handled now. It is delivered again later. Any other exception is a bug: it is logged with its traceback, and the message
becomes a dead letter at its last delivery.
"""

from cinestream_flow.errors import Invalid, Transient

__all__ = ["Invalid", "Transient"]
