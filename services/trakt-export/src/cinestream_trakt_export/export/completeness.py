"""Trakt's map of all plays, which shows if a list of plays is complete.

The map is `{Trakt id of a film: [times]}`. It comes in one answer without pages and may be large, so it is read piece
by piece. Source: GET /sync/watched/movies?extended=min.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import ijson  # type: ignore[import-untyped]

from cinestream.contracts.errors import Invalid
from cinestream_flow.checkpoint import Checkpoint
from cinestream_flow.message import Message
from cinestream_trakt_export.library.date_range import TimeSpan
from cinestream_trakt_export.library.store import FilmStore
from cinestream_trakt_export.library.values import seconds_of
from cinestream_trakt_export.trakt.client import Trakt
from cinestream_trakt_export.trakt.errors import ServerFault

PIECE_BYTES = 1 << 16
"""Bytes of the map that are stored as one step of the checkpoint."""


@dataclass(frozen=True)
class ExpectedPlays:
    """The plays that the map counts, compared with the entries of a store.

    Args:
        path: the path of the map in the API.
        store: the store of the list. It keeps the expected numbers of plays as well.
        each_time: the list has an item for each play. Otherwise it has one for each film.
        within: the span of the plays in the list, in seconds since 1970. None means all plays.
    """

    path: str
    store: FilmStore
    each_time: bool
    within: TimeSpan | None = None

    def add(self, films: Sequence[tuple[int, list[Any]]]) -> None:
        """Store some films of the map: each a Trakt id and the times of its plays.

        With `within`, the times of all plays are stored too: the rows need them to recognise rewatches.

        Raises:
            ServerFault: a time cannot be read.
        """
        if self.within is None:
            self.store.expect((trakt, len(times)) for trakt, times in films)
            return
        first, end = self.within
        try:
            known = [(trakt, [seconds_of(time) for time in times]) for trakt, times in films]
        except Invalid as error:
            raise ServerFault(Message("Trakt's map of plays is not readable ({error})", error=error)) from None
        self.store.expect((trakt, sum(first <= (at or 0) < end for at in times)) for trakt, times in known)
        self.store.add_play_times((trakt, at) for trakt, times in known for at in times)

    def missing(self) -> int:
        """Return how many plays (or films, without `each_time`) the store lacks."""
        return self.store.missing(each_time=self.each_time, within=self.within)


async def read_play_map(trakt: Trakt, checkpoint: Checkpoint, expected: ExpectedPlays, prefix: str) -> None:
    """Read the map into `expected`, from the checkpoint if it is there, otherwise from Trakt.

    The map is requested after the list, so it counts every play that the list could have.

    Args:
        trakt: the client.
        checkpoint: stores the map under names that begin with `prefix`.
        expected: the receiver.
        prefix: names the attempt at reading the list. Each attempt has a map of its own.
    """
    name = f"{prefix}proof"

    async def receive(body: AsyncIterator[bytes]) -> None:
        plays, pieces = PlaysByFilm(), 0
        async for piece in _pieces(body):
            pieces += 1
            checkpoint.add(f"{name}/{pieces}", piece)
            expected.add(plays.feed(piece))
        plays.close()
        # This step marks the map as complete. A map without it is read again.
        checkpoint.add(name, str(pieces).encode())

    stored = checkpoint.get(name)
    if stored is None:
        await trakt.stream(expected.path, receive, extended="min")
        return
    plays = PlaysByFilm()
    for number in range(1, int(stored) + 1):
        expected.add(plays.feed(checkpoint.get(f"{name}/{number}") or b""))


class PlaysByFilm:
    """An incremental parser of the map. It raises ServerFault for any other JSON."""

    def __init__(self) -> None:
        self._found = ijson.sendable_list()
        self._parser = ijson.kvitems_coro(self._found, "")
        self._begun = False

    def feed(self, piece: bytes) -> list[tuple[int, list[Any]]]:
        """Parse the next bytes and return the films that are complete now: Trakt ids and times of plays."""
        if not self._begun and not piece.lstrip().startswith(b"{"):
            raise ServerFault(Message("Trakt's map of plays is not a map"))
        self._begun = True
        try:
            self._parser.send(piece)
            found = [(int(trakt), times if isinstance(times, list) else [times]) for trakt, times in self._found]
        except (ijson.JSONError, ValueError) as error:
            raise ServerFault(Message("Trakt's map of plays is not readable ({error})", error=error)) from None
        self._found.clear()
        return found

    def close(self) -> None:
        """End the map. Raise ServerFault if it is cut off."""
        try:
            self._parser.close()
        except ijson.JSONError as error:
            raise ServerFault(Message("Trakt's map of plays is cut off ({error})", error=error)) from None


async def _pieces(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Cut the body into pieces of `PIECE_BYTES`. The last piece may be shorter."""
    gathered = bytearray()
    async for piece in body:
        gathered += piece
        while len(gathered) >= PIECE_BYTES:
            yield bytes(gathered[:PIECE_BYTES])
            del gathered[:PIECE_BYTES]
    if gathered:
        yield bytes(gathered)
