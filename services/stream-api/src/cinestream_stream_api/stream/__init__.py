"""The open streams: their connections, and the scheduler and hub that serve them."""
