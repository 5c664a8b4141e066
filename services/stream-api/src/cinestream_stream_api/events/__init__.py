"""Pure functions on events: encoding, frames, filters, positions and start requests."""
