"""The runtime of a service: settings, logs, ops endpoints and the lifecycle."""
