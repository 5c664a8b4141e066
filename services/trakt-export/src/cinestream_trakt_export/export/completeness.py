"""Trakt's own map of all plays, which proves a list complete: read in pieces, because it may be large."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import ijson  # type: ignore[import-untyped]

from cinestream.contracts.errors import Invalid
from cinestream_flow.checkpoint import Checkpoint
from cinestream_trakt_export.i18n.messages import say
from cinestream_trakt_export.library.date_range import Seconds
from cinestream_trakt_export.library.store import Store
from cinestream_trakt_export.library.values import seconds_of
from cinestream_trakt_export.trakt.client import Trakt
from cinestream_trakt_export.trakt.errors import ServerFault

PIECE = 1 << 16  # bytes of the map that are stored as one step


@dataclass(frozen=True)
class Told:
    """Where the map goes: into a store, which then knows what to expect. Of a part of all plays, it gets all times."""

    store: Store
    within: Seconds | None = None

    def films(self, found: Sequence[tuple[int, list[Any]]]) -> None:
        """Some films by their ids at Trakt, and when they were watched."""
        if self.within is None:
            self.store.expect((trakt, len(times)) for trakt, times in found)
            return
        first, late = self.within
        try:
            known = [(trakt, [seconds_of(time) for time in times]) for trakt, times in found]
        except Invalid as error:
            raise ServerFault(say("fault.map_unreadable", error=error)) from None
        self.store.expect((trakt, sum(first <= (at or 0) < late for at in times)) for trakt, times in known)
        self.store.tell((trakt, at) for trakt, times in known for at in times)


async def read_proof(trakt: Trakt, checkpoint: Checkpoint, told: Told, path: str, prefix: str) -> None:
    """Tell what to expect, from the checkpoint if the map is there, else from Trakt.

    The map is `{id at Trakt: [times]}`, as of after the reading; it comes without pages.
    """
    name = f"{prefix}proof"

    async def receive(body: AsyncIterator[bytes]) -> None:
        plays, pieces = PlaysByFilm(), 0
        async for piece in _pieces(body):
            pieces += 1
            checkpoint.add(f"{name}/{pieces}", piece)
            told.films(plays.feed(piece))
        plays.close()
        checkpoint.add(name, str(pieces).encode())  # from here on it is whole

    stored = checkpoint.get(name)
    if stored is None:
        await trakt.feed(path, receive, extended="min")
        return
    plays = PlaysByFilm()
    for number in range(1, int(stored) + 1):
        told.films(plays.feed(checkpoint.get(f"{name}/{number}") or b""))


class PlaysByFilm:
    """Parses the map as it comes; raises ServerFault for anything else."""

    def __init__(self) -> None:
        self._found = ijson.sendable_list()
        self._parser = ijson.kvitems_coro(self._found, "")
        self._begun = False

    def feed(self, piece: bytes) -> list[tuple[int, list[Any]]]:
        """The films that are complete with this piece: id at Trakt, times of plays."""
        if not self._begun and not piece.lstrip().startswith(b"{"):
            raise ServerFault(say("fault.map"))
        self._begun = True
        try:
            self._parser.send(piece)
            found = [(int(trakt), times if isinstance(times, list) else [times]) for trakt, times in self._found]
        except (ijson.JSONError, ValueError) as error:
            raise ServerFault(say("fault.map_unreadable", error=error)) from None
        self._found.clear()
        return found

    def close(self) -> None:
        """The map is at its end; raises ServerFault when it is not whole."""
        try:
            self._parser.close()
        except ijson.JSONError as error:
            raise ServerFault(say("fault.map_cut", error=error)) from None


async def _pieces(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces of one size, but for the last."""
    gathered = bytearray()
    async for piece in body:
        gathered += piece
        while len(gathered) >= PIECE:
            yield bytes(gathered[:PIECE])
            del gathered[:PIECE]
    if gathered:
        yield bytes(gathered)
