"""The language that the CineStream services share: contracts, the message bus, and the runtime of a service."""
