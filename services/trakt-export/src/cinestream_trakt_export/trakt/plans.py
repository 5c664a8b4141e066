"""What each export reads, and which rows it becomes. Pure."""

from dataclasses import dataclass

KINDS = ("watched", "history", "collection", "ratings", "watchlist", "shows")
MODES = ("aggregated", "individual")
RATINGS = "/sync/ratings/movies"
_WATCHED = "/sync/watched/movies"
_HISTORY = "/sync/history/movies"


@dataclass(frozen=True)
class Plan:
    """What an export reads: its list, and, for those that have one, the map that proves it complete.

    Args:
        path: the list.
        form: of its rows, a key of `letterboxd.COLUMNS`.
        proof: where the map is; empty for a list that is proved by its count.
        each_time: whether the list has an item for each play, as the map has.
        rated: whether the rows have ratings.
    """

    path: str
    form: str
    proof: str = ""
    each_time: bool = False
    rated: bool = False


_FILMS = Plan(_WATCHED, "films", proof=_WATCHED, rated=True)
_DIARY = Plan(_HISTORY, "diary", proof=_WATCHED, each_time=True, rated=True)
RATED = Plan(RATINGS, "ratings")
_OTHERS = {
    "ratings": RATED,
    "watchlist": Plan("/sync/watchlist/movies", "watchlist"),
    "collection": Plan("/sync/collection/movies", "list"),
}


def mode_of(kind: str, mode: str) -> str:
    """The mode that counts: "auto" is a row per viewing for the history, and one per film for all else."""
    if mode != "auto":
        return mode
    return "individual" if kind == "history" else "aggregated"


def plan_of(kind: str, mode: str) -> Plan:
    """The plan of an export: one row per viewing in mode "individual", where the list has viewings, else per film."""
    if kind in _OTHERS:
        return _OTHERS[kind]
    return _DIARY if mode == "individual" else _FILMS
