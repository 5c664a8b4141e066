"""The Trakt API: transport, login, cache, endpoints."""
