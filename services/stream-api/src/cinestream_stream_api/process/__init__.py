"""Processes of the service: start, workers, shutdown."""
