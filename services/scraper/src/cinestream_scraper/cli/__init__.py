"""The subcommands of `cinestream-scraper`."""
