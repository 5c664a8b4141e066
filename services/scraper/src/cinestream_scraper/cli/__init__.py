"""The command line: the service and the subcommands of `cinestream-scraper`."""
