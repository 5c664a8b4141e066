"""The running service, and its request API on NATS."""
