"""The fingerprint of a film: two versions with the same one describe the film in the same way. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

VOLATILE = {"director_stats", "directors_stats", "recommendations", "recommendations_source", "revision", "changed"}
"""Fields that change without the film. A change in these alone is no reason to publish the film again."""


def facts(movie: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a movie, given as decoded JSON, that describe the film itself.

    Absent values are left out. So a version that was stored before the contract had a field equals one with null.
    """
    return {name: value for name, value in movie.items() if name not in VOLATILE and value not in (None, [])}


def fingerprint(facts: Mapping[str, Any], director_keys: Sequence[str]) -> str:
    """Return the fingerprint of a film's facts and the keys of its directors: 12 hexadecimal digits."""
    text = orjson.dumps([facts, list(director_keys)], option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(text, digest_size=6).hexdigest()


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the fields in which the facts differ, in the order of the contract. Fields that are gone come last."""
    return [name for name in {**after, **before} if before.get(name) != after.get(name)]
