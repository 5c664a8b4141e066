"""The number of films and events over time."""

from dataclasses import dataclass

from cinestream_stream_api.catalogue.film_index import FilmIndex
from cinestream_stream_api.catalogue.shared_work import in_slices
from cinestream_stream_api.events.filters import EVERYTHING, Filter
from cinestream_stream_api.events.position import Position


@dataclass(frozen=True)
class TimeRange:
    """A time range in Unix milliseconds, from `since` to before `until`, and its number of equal buckets."""

    since: int
    until: int
    buckets: int

    def start_of(self, bucket: int) -> int:
        """Return the first millisecond of a bucket."""
        # Rounded up, because `bucket_of` rounds down.
        return self.since - -bucket * (self.until - self.since) // self.buckets

    def bucket_of(self, time: int) -> int:
        """Return the bucket of a time in the range."""
        return (time - self.since) * self.buckets // (self.until - self.since)


@dataclass(frozen=True)
class Timeline:
    """The counts of a time range as of a position: in total, and by bucket. A film counts once in each."""

    position: Position
    range: TimeRange
    films: int
    films_by_bucket: list[int]
    events_by_bucket: list[int]


def time_range(index: FilmIndex, since: int | None, until: int | None, buckets: int) -> TimeRange | None:
    """Return the range of a timeline: that of all events in history where a limit is None.

    Returns None if history is empty and a limit is None.
    """
    span = index.events.span
    if span is None and (since is None or until is None):
        return None
    first, last = span or (0, 0)
    end = max(last, since or 0) + 1 if until is None else until
    return TimeRange(min(first, end - 1) if since is None else since, end, buckets)


async def timeline(index: FilmIndex, filter: Filter, range: TimeRange) -> Timeline:
    """Count the films and events of a range that match. Pauses often, so that other tasks can run."""
    position = index.position
    films, events = [0] * range.buckets, [0] * range.buckets
    # The last bucket of each film is enough, because events come in the order of their times.
    seen: dict[str, int] = {}
    async for part in in_slices(index.events.slices(since=range.since, until=range.until)):
        for time, film in part:
            if film and (filter is EVERYTHING or filter.matches(film)):
                bucket = range.bucket_of(time)
                events[bucket] += 1
                if seen.get(film.id) != bucket:
                    seen[film.id] = bucket
                    films[bucket] += 1
    return Timeline(position, range, len(seen), films, events)
