"""A film site with the page shape of IMDb, for running and testing CineStream offline."""
