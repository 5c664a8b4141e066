"""The id of a film in a path."""

from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator

FilmId = Annotated[
    str,
    # In ASCII: `\d` would also match digits of other scripts.
    Path(pattern="^[tT]{2}[0-9]{7,10}$", description="The film's IMDb id, in any case", examples=["tt0111161"]),
    AfterValidator(str.lower),
]
"""The IMDb id of a film in lower case, as it is stored. It is accepted in any case."""
