"""The HTTP site: routes, faults, refusals, pauses."""
