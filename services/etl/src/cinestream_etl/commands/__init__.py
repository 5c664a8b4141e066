"""The subcommands of `cinestream-etl`."""
