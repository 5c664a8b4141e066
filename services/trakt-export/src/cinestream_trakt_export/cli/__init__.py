"""The command line of `cinestream-trakt`."""
