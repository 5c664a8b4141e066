"""What makes two versions of a film the same: everything that the film itself says. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

VOLATILE = {"director_stats", "directors_stats", "recommendations", "recommendations_source", "revision", "changed"}
"""Fields that change without the film: alone they are no reason to publish it again."""


def facts(movie: Mapping[str, Any]) -> dict[str, Any]:
    """What a movie, as it is on the wire, says of the film itself.

    Without what is absent: a version that was stored before the contract had a field says as much as one with null.
    """
    return {name: value for name, value in movie.items() if name not in VOLATILE and value not in (None, [])}


def fingerprint(facts: Mapping[str, Any], director_keys: Sequence[str]) -> str:
    """The fingerprint of a film's facts, with the keys of its directors."""
    text = orjson.dumps([facts, list(director_keys)], option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(text, digest_size=6).hexdigest()


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The fields in which the facts differ, in the order of the contract, those that are gone last."""
    return [name for name in {**after, **before} if before.get(name) != after.get(name)]
