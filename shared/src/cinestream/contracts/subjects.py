"""The names of the subjects: where each contract travels.

    cinestream.requests.<lane>.<kind>.<id>     scrape requests (work queue)
    cinestream.schedules.every.<kind>.<id>     a recurring schedule, one message each
    cinestream.schedules.due.<kind>.<id>       what a schedule made due, on its way to the requests
    cinestream.pages.imdb.<kind>.<id>          raw pages
    cinestream.movies.<id>                     movies, republished as cinestream.live.movies.<id>
    cinestream.dead.<stage>                    dead letters
    $KV.director_stats.<director>              one record per director
    $O.snapshots.{C,M}.<object>                snapshots of failures: their chunks and what they are (NATS ADR-20)
    cinestream.ask.scraper.scrape              request/reply: ask for a page, be told what becomes of it

Ids are single tokens: `tt…`, `nm…`, `ls…`, or names of [a-z0-9-].
"""

REQUESTS = "cinestream.requests"
SCHEDULES_EVERY = "cinestream.schedules.every"
SCHEDULES_DUE = "cinestream.schedules.due"
PAGES = "cinestream.pages.imdb"
MOVIES = "cinestream.movies"
LIVE_MOVIES = "cinestream.live.movies"
DEAD = "cinestream.dead"
ASK_SCRAPER = "cinestream.ask.scraper.scrape"
DIRECTOR_STATS_BUCKET = "director_stats"
SNAPSHOTS_BUCKET = "snapshots"


def request(lane: str, kind: str, id: str) -> str:
    """The subject of a scrape request; one message at a time fits on it."""
    return f"{REQUESTS}.{lane}.{kind}.{id}"


def schedule(kind: str, id: str) -> str:
    """The subject that holds the recurring schedule of a target."""
    return f"{SCHEDULES_EVERY}.{kind}.{id}"


def due(kind: str, id: str) -> str:
    """The subject on which a target's schedule says that it is due."""
    return f"{SCHEDULES_DUE}.{kind}.{id}"


def page(kind: str, id: str) -> str:
    """The subject of the raw pages of a target; the last message is the newest page."""
    return f"{PAGES}.{kind}.{id}"


def movie(id: str) -> str:
    """The subject of the versions of a movie; the last message is the current one."""
    return f"{MOVIES}.{id}"


def dead(stage: str) -> str:
    """The subject of the dead letters of a stage (`scraper`, `etl`)."""
    return f"{DEAD}.{stage}"


def director(key: str) -> str:
    """The subject of a director's record in the key-value bucket."""
    return f"$KV.{DIRECTOR_STATS_BUCKET}.{key}"
