"""The way of a request: freshness, reading, verdict, follow-up requests, publication."""
