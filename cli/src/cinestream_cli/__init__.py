"""The command `cinestream`: it follows a stream, and reaches the commands of the services.

`table` lists the subcommands. None of their modules is imported before its subcommand runs.
"""
