"""The progress of the local run, from the streams and from the services."""
