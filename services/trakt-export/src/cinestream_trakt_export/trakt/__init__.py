"""The client of the Trakt API: connections, the login, the cache, retries and limits."""
