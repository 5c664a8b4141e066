"""The log of events: history from JetStream, the live tail and the ring that joins both."""
