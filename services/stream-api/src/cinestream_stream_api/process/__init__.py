"""The processes of the service: start, workers and shutdown."""
