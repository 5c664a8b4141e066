"""The current films and their directors, built from the log."""
