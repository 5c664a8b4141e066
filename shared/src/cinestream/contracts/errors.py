"""The exceptions that a handler of a message raises; `cinestream_flow.errors` says what each one means."""

from cinestream_flow.errors import Invalid, Transient

__all__ = ["Invalid", "Transient"]
