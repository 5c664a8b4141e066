"""Pure functions on a page: its identity, its verdict and the requests that follow from it."""
