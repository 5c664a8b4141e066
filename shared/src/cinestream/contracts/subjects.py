"""The subjects of the messages.

    cinestream.requests.<lane>.<kind>.<id>     scrape requests (work queue)
    cinestream.schedules.every.<kind>.<id>     a recurring schedule, one message each
    cinestream.schedules.due.<kind>.<id>       a due target, on its way to the requests
    cinestream.pages.imdb.<kind>.<id>          raw pages
    cinestream.movies.<id>                     movies, republished as cinestream.live.movies.<id>
    cinestream.dead.<stage>                    dead letters
    $KV.director_stats.<director>              one record per director
    $O.snapshots.{C,M}.<object>                snapshots of failures: chunks and metadata (NATS ADR-20)
    cinestream.ask.scraper.scrape              request/reply: request a page and get its outcome

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
    """Return the subject of a scrape request. It holds one message at a time."""
    return f"{REQUESTS}.{lane}.{kind}.{id}"


def schedule(kind: str, id: str) -> str:
    """Return the subject of the recurring schedule of a target."""
    return f"{SCHEDULES_EVERY}.{kind}.{id}"


def due(kind: str, id: str) -> str:
    """Return the subject on which the schedule of a target publishes that it is due."""
    return f"{SCHEDULES_DUE}.{kind}.{id}"


def page(kind: str, id: str) -> str:
    """Return the subject of the raw pages of a target. The last message is the newest page."""
    return f"{PAGES}.{kind}.{id}"


def movie(id: str) -> str:
    """Return the subject of the versions of a movie. The last message is the current version."""
    return f"{MOVIES}.{id}"


def dead(stage: str) -> str:
    """Return the subject of the dead letters of a stage (`scraper`, `etl`)."""
    return f"{DEAD}.{stage}"


def director(key: str) -> str:
    """Return the subject of a director's record in the key-value bucket."""
    return f"$KV.{DIRECTOR_STATS_BUCKET}.{key}"


def target(subject: str) -> str:
    """Return what a person types for the target of a subject: `chart:top` for `cinestream.pages.imdb.chart.top`.

    A movie is its id. The id of a search stays as it is, because its text is not in the subject. So does any other
    subject.
    """
    for prefix in (REQUESTS, SCHEDULES_EVERY, SCHEDULES_DUE, PAGES, MOVIES):
        if subject.startswith(f"{prefix}."):
            kind, id = subject.split(".")[-2:]
            return id if kind in ("title", "movies") else f"{kind}:{id}"
    return subject
