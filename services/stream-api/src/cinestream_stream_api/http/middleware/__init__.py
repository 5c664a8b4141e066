"""Middleware around the routes: limits, headers and methods that hold for all of them."""
