"""What a movie and its directors' records say of each other; the statistics are etl's."""

from datetime import datetime

import orjson

from cinestream.contracts.envelope import SCHEMA, Envelope, require_schema
from cinestream.contracts.errors import Invalid

DIRECTOR_KEYS = "Cinestream-Director-Keys"
"""Header of a movie: the keys of its directors' records, separated by spaces."""


def without_film(record: Envelope, id: str, *, until: datetime) -> Envelope | None:
    """A director's record without what pages up to a time (aware) said of a film; None if it says nothing of it.

    Raises:
        Invalid: not a director's record.
    """
    require_schema(record, "director", newest=1)
    try:
        films = orjson.loads(record.body)["films"]
        if id not in films or films[id][1] > until.timestamp() * 1000:
            return None
        del films[id]
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise Invalid(f"director record: {error}") from error
    return Envelope({SCHEMA: record.headers[SCHEMA]}, orjson.dumps({"films": films}))
