"""The command line of stream-api: the service itself, and the removal of films."""
