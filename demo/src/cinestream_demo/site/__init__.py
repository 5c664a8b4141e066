"""The HTTP server of the demo site: routes, faults, delays, and endpoints for tests."""
