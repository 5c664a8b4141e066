"""The known names that are most like a value that nobody has."""

import heapq
from collections.abc import Callable, Collection, Iterator
from itertools import chain

from rapidfuzz import fuzz, process

from cinestream_stream_api.catalogue.directors import Directors
from cinestream_stream_api.catalogue.shared_work import in_slices
from cinestream_stream_api.events.folding import fold

MAX_NEAREST = 5
MAX_LENGTH = 100
"""Characters of a value that are compared, because the work grows with its length."""

_SLICE = 1000
_MIN_SCORE = 75
_HAS_WORDS = 200
_ENDS_WITH = 300

Ranked = tuple[float, int, str]


async def nearest_directors(text: str, directors: Directors) -> list[str]:
    """Return the names of up to five directors that are most like a name, as films write them."""
    names = await nearest(fold(text[:MAX_LENGTH]), directors.names(), directors.films_of_name)
    return [found[0].name for name in names if (found := directors.find(name))]


async def nearest(value: str, known: Collection[str], films: Callable[[str], int]) -> list[str]:
    """Return up to five of the known names, the best first.

    Names that end with the value come first ("nolan" finds "christopher nolan"), then names whose words begin with
    those of the value, then names that are spelled alike. Among equals, those of most films come first. Pauses often,
    so that other tasks can run.

    Args:
        value: folded.
        known: folded names.
        films: returns the number of films of a known name.
    """
    value, names = value[:MAX_LENGTH].strip(), list(known)
    best: list[Ranked] = []
    async for part in in_slices(names[at : at + _SLICE] for at in range(0, len(names), _SLICE)):
        scores = _by_spelling(value, part) | dict(_by_words(value, part))
        ranked = ((score, films(name), name) for name, score in scores.items())
        best = heapq.nlargest(MAX_NEAREST, chain(best, ranked))
    return [name for _, _, name in best]


def _by_words(value: str, names: list[str]) -> Iterator[tuple[str, float]]:
    begins = {f" {word}" for word in value.split()}
    found = [f" {name}" for name in names] if begins else []
    for begin in begins:
        found = [name for name in found if begin in name]
    for name in found:
        yield name[1:], _ENDS_WITH if name.endswith(f" {value}") else _HAS_WORDS


def _by_spelling(value: str, names: list[str]) -> dict[str, float]:
    alike = process.extract(value, names, scorer=fuzz.ratio, score_cutoff=_MIN_SCORE, limit=MAX_NEAREST)
    found = {name: score for name, score, _ in alike}
    if " " not in value:
        last_words = [name.rpartition(" ")[2] for name in names]
        alike = process.extract(value, last_words, scorer=fuzz.ratio, score_cutoff=_MIN_SCORE, limit=MAX_NEAREST)
        for _, score, at in alike:
            found[names[at]] = max(score, found.get(names[at], 0))
    return found
