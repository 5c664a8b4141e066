"""Commands and parts of commands that several services share."""
