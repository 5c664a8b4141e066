"""A film site with pages shaped like IMDb's, and the command that runs all of CineStream on one machine against it."""
