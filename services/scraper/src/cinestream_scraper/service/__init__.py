"""The running service: its parts put together, and the request API on NATS."""
