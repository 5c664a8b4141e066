"""The links between a movie and the records of its directors. etl computes the statistics."""

import hashlib
import unicodedata
from datetime import datetime

import orjson

from cinestream.contracts.envelope import SCHEMA, Envelope, require_schema
from cinestream.contracts.errors import Invalid
from cinestream.contracts.text import normalized
from cinestream_flow.message import Message

DIRECTOR_KEYS = "Cinestream-Director-Keys"
"""Header of a movie with the keys of its directors' records, separated by spaces."""


def director_key(name: str, id: str | None = None) -> str:
    """Return the key of a director's record: the `nm` id, or else a hash of the folded name.

    Folding drops accents, case and punctuation. It is hashed because keys in NATS cannot hold every letter.
    """
    if id:
        return id
    letters = normalized("NFKD", name).casefold()
    folded = " ".join("".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c)).split())
    return "name-" + hashlib.sha256(folded.encode()).hexdigest()[:24]


def ratings_of(record: Envelope) -> dict[str, float | None]:
    """Return the films of a director's record, by title id, with their ratings.

    Raises:
        Invalid: The message is not a director's record.
    """
    require_schema(record, "director", newest=1)
    try:
        return {
            id: None if film[0] is None else float(film[0]) for id, film in orjson.loads(record.body)["films"].items()
        }
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise Invalid(Message("director record: {error}", error=error)) from error


def has_data_set_films(record: Envelope) -> bool:
    """Return True if a director's record has a film that no page was read of, but that IMDb's data sets have.

    Raises:
        Invalid: The message is not a director's record.
    """
    require_schema(record, "director", newest=1)
    try:
        # The fingerprint of a film from a data set is empty.
        return any(not film[2] for film in orjson.loads(record.body)["films"].values())
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise Invalid(Message("director record: {error}", error=error)) from error


def without_film(record: Envelope, id: str, *, until: datetime) -> Envelope | None:
    """Return a director's record without the contribution of a film, or None if the record has no such contribution.

    Args:
        record: The record as it is stored.
        id: IMDb id of the film.
        until: Aware time. A contribution of a later page stays.

    Raises:
        Invalid: The message is not a director's record.
    """
    require_schema(record, "director", newest=1)
    try:
        films = orjson.loads(record.body)["films"]
        if id not in films or films[id][1] > until.timestamp() * 1000:
            return None
        del films[id]
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise Invalid(Message("director record: {error}", error=error)) from error
    return Envelope({SCHEMA: record.headers[SCHEMA]}, orjson.dumps({"films": films}))
