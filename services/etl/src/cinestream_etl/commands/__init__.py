"""The command line of etl: the service itself, and small tools around it."""
