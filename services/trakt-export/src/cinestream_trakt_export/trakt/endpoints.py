"""The addresses of Trakt's API that are read, and how long what they say stays true. Pure.

Lists of an account may change at any moment, so they are always asked for, by ETag where one is known. What is said of
a film changes slowly: it stays fresh for the cache's `ttl`, and an old answer is better than none when Trakt is down.
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
    """An address, and what may be done with its answers.

    Args:
        template: the path, `{id}` for a part of it that varies.
        lasting: an answer is fresh for the cache's `ttl`, and may be served stale when Trakt is down.
        private: an answer is about the account that asked.
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
    """The endpoint that a path belongs to; one that is always asked for when it is none of the known."""
    return next((endpoint for pattern, endpoint in _PATTERNS if pattern.fullmatch(path)), _OTHER)
