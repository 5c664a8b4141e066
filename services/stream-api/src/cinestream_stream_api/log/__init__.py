"""The log of events: history in JetStream, the live tail, and the ring of the newest events."""
