"""The index of the current films and their directors, built from the log."""
