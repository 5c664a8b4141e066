"""The seeds: targets to read at the start and periodically, as `chart:top@25h,tt0111161@10s`. Pure."""

from typing import NamedTuple

from cinestream.contracts import Invalid, ScrapeRequest
from cinestream.runtime.durations import parse_duration
from cinestream_flow.message import Message


class Seed(NamedTuple):
    """A request, and the whole seconds after which it is repeated (None: never)."""

    request: ScrapeRequest
    every: int | None


def parse_seeds(text: str) -> tuple[Seed, ...]:
    """Read a comma-separated list of `target` or `target@period`.

    `none` is the empty list, because an empty environment variable counts as unset.

    Raises:
        ValueError: an entry names no target, its period is not a duration of at least a second, or a target stands in
            the list twice.
    """
    entries = () if text.strip() == "none" else text.split(",")
    seeds = tuple(_seed(entry.strip()) for entry in entries if entry.strip())
    targets = [seed.request.target for seed in seeds]
    for target in targets:
        if targets.count(target) > 1:
            raise ValueError(Message("{target} is listed twice", target=target))
    return seeds


def _seed(entry: str) -> Seed:
    target, separator, period = entry.rpartition("@")
    if not separator:
        target = entry
    try:
        request = ScrapeRequest.of(target)
        every = int(parse_duration(period)) if separator else None
    except (Invalid, ValueError) as error:
        raise ValueError(Message("{entry}: {error}", entry=entry, error=error)) from error
    if every is not None and every < 1:
        raise ValueError(Message("{entry}: a period must be at least one second", entry=entry))
    return Seed(request, every)
