"""The way of a request, from the queue to the published page."""
