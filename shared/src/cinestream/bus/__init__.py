"""The message bus, NATS JetStream: the topology, reading and writing, and the loop that consumes deliveries."""
