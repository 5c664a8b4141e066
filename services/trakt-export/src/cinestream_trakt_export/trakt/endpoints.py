"""The endpoints of the Trakt API that are read, and how long their responses stay valid. Pure.

The lists of an account may change at any moment. They are requested each time, with an ETag if one is known. The
details of a film change slowly. They are fresh for the cache's `ttl`, and may be served stale when Trakt is down.

Source: https://trakt.docs.apiary.io.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

MOVIES = "/movies/{id}"
SETTINGS = "/users/settings"
LAST_ACTIVITIES = "/sync/last_activities"
WATCHED_MOVIES = "/sync/watched/movies"
HISTORY_MOVIES = "/sync/history/movies"
COLLECTED_MOVIES = "/sync/collection/movies"
RATED_MOVIES = "/sync/ratings/movies"
WATCHLIST_MOVIES = "/sync/watchlist/movies"
WATCHED_SHOWS = "/sync/watched/shows"  # with seasons only by extended=progress
HISTORY_EPISODES = "/sync/history/episodes"
COLLECTED_SHOWS = "/sync/collection/shows"
RATED_SHOWS = "/sync/ratings/shows"
RATED_EPISODES = "/sync/ratings/episodes"


@dataclass(frozen=True)
class Endpoint:
    """An endpoint, and the use of its responses.

    Args:
        template: the path, with `{id}` for a part that varies.
        lasting: a response is fresh for the cache's `ttl`, and may be served stale when Trakt is down.
        private: a response depends on the account.
    """

    template: str
    lasting: bool = False
    private: bool = True


_KNOWN = (
    Endpoint(MOVIES, lasting=True, private=False),
    *(
        Endpoint(path)
        for path in (
            SETTINGS, LAST_ACTIVITIES, WATCHED_MOVIES, HISTORY_MOVIES, COLLECTED_MOVIES, RATED_MOVIES, WATCHLIST_MOVIES,
            WATCHED_SHOWS, HISTORY_EPISODES, COLLECTED_SHOWS, RATED_SHOWS, RATED_EPISODES,
        )
    ),
)  # fmt: skip
_PATTERNS = [(re.compile(re.escape(known.template).replace(r"\{id\}", "[^/]+")), known) for known in _KNOWN]
_OTHER = Endpoint("other")


@lru_cache(maxsize=1024)
def endpoint_of(path: str) -> Endpoint:
    """Return the endpoint of a path. An unknown path has an endpoint whose responses are never fresh."""
    return next((endpoint for pattern, endpoint in _PATTERNS if pattern.fullmatch(path)), _OTHER)
