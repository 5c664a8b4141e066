"""The run of `cinestream watch`."""

import asyncio
import signal

import anyio
import httpx2

from cinestream.commands.exit_codes import ExitCode
from cinestream.commands.output import reader_is_gone
from cinestream_cli.watch.cursor import Cursor
from cinestream_cli.watch.output import Output, report
from cinestream_cli.watch.request import WatchRequest
from cinestream_cli.watch.stream import Stream
from cinestream_flow.message import Message

_AT_REST = {"position", "live", "heartbeat"}


class Watcher:
    """A listener that prints each event, and then moves the cursor.

    Args:
        output: format of the output.
        cursor: position to move, or None.
    """

    def __init__(self, output: Output, cursor: Cursor | None) -> None:
        self._output = output
        self._cursor = cursor
        self.has_gap = False

    def event(self, event: httpx2.ServerSentEvent) -> None:
        """Print an event. The cursor follows when it is written out.

        Raises:
            BrokenPipeError: nobody reads the output any more.
        """
        if event.event == "heartbeat" and reader_is_gone():
            raise BrokenPipeError
        self._output.show(event)
        self.has_gap |= event.event == "gap"
        if self._cursor and event.id:
            self._cursor.move(event.id, at_rest=event.event in _AT_REST)

    def reconnecting(self, reason: Message, seconds: float) -> None:
        """Report the end of a connection."""
        report(Message("{reason}; connecting again in {seconds:.1f} s", reason=reason, seconds=seconds))


async def watch(request: WatchRequest, output: Output, cursor: Cursor | None, token: str) -> ExitCode:
    """Follow a stream until it ends, SIGTERM, or the end of whoever reads the output.

    Returns:
        `GAP` if events are missing from a stream that has reached its end.
    """
    watcher = Watcher(output, cursor)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        async with httpx2.AsyncClient(headers=headers, follow_redirects=True) as client:
            with anyio.CancelScope() as scope:
                asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, scope.cancel)
                stream = Stream(client, request, watcher, cursor.last_id if cursor else "")
                await stream.follow()
                return ExitCode.GAP if watcher.has_gap else ExitCode.DONE
    finally:
        if cursor:
            cursor.store()
            cursor.unlock()
    return ExitCode.DONE
