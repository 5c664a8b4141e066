"""One of several worker processes: `python -m cinestream_stream_api.process.worker NUMBER STREAM_FD OPS_FD`.

Only `workers` starts it, with bound sockets. It ends when its standard input ends.
"""

import socket
import sys
import threading

from cinestream.runtime.settings import load_settings
from cinestream_stream_api.process.open_files import within_open_files
from cinestream_stream_api.process.service import run_worker
from cinestream_stream_api.process.single_worker import end_with_parent
from cinestream_stream_api.settings import StreamSettings


def main() -> None:
    """Serve on the sockets until SIGTERM, or until the parent process has ended."""
    number, stream, ops = map(int, sys.argv[1:4])
    threading.Thread(target=end_with_parent, args=(sys.stdin.fileno(),), daemon=True).start()
    settings = within_open_files(load_settings(StreamSettings, warn=False))
    run_worker(
        f"stream-api-{number}",
        settings,
        socket.socket(fileno=stream),
        socket.socket(fileno=ops),
        publish_clients=True,
    )


if __name__ == "__main__":
    main()
