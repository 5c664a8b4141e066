"""An HTTP server in a process of its own, so that its CPU time does not count for the programs under measurement."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any


class Handler(BaseHTTPRequestHandler):
    """A quiet handler of HTTP/1.1 that sends headers and body together."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    # Otherwise a kept connection waits 40 ms for each response, which real servers avoid too.
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing."""


@contextmanager
def serve(make_handler: Callable[..., type[Handler]], *arguments: object) -> Iterator[str]:
    """Serve while the block runs, and yield the URL. The new process calls `make_handler` with the arguments."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(make_handler, arguments, there), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        process.terminate()
        process.join()


def _serve(make_handler: Callable[..., type[Handler]], arguments: tuple[object, ...], pipe: Connection) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), make_handler(*arguments))
    pipe.send(f"http://127.0.0.1:{server.server_address[1]}")
    server.serve_forever()
