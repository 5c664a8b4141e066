"""A Trakt without limits and latency: pages of a history, made as they are asked for."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import parse_qs, urlsplit

LIMIT = 250


def page(number: int, entries: int, films: int) -> list[dict[str, Any]]:
    """A page of the history, newest first."""
    newest = entries - (number - 1) * LIMIT
    return [
        {
            "id": id,
            "watched_at": f"20{id % 26:02}-{id % 12 + 1:02}-{id % 28 + 1:02}T20:00:00.000Z",
            "action": "scrobble",
            "type": "movie",
            "movie": {
                "title": f"A Film With A Title, Number {id % films}",
                "year": 1900 + id % 120,
                "ids": {"trakt": id % films + 1, "slug": "a", "imdb": f"tt{id % films:07}", "tmdb": id % films + 1},
            },
        }
        for id in range(newest, max(0, newest - LIMIT), -1)
    ]


def times(entries: int, films: int) -> dict[str, list[str]]:
    """The map of `extended=min`."""
    found: dict[str, list[str]] = {}
    for id in range(1, entries + 1):
        found.setdefault(str(id % films + 1), []).append("2020-01-01T20:00:00.000Z")
    return found


def _serve(entries: int, pipe: Connection) -> None:
    films = max(1, entries // 3)
    proof = json.dumps(times(entries, films)).encode()
    settings = json.dumps({"user": {"username": "a"}, "account": {"timezone": "Europe/Berlin"}}).encode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True  # as servers do: else a kept connection waits 40 ms for each answer

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            query = parse_qs(url.query)
            count = entries if url.path == "/sync/history/movies" else 0
            body = settings if url.path == "/users/settings" else proof
            if "page" in query:
                body = json.dumps(page(int(query["page"][0]), count, films)).encode()
            self.send_response(200)
            self.send_header("X-Pagination-Limit", str(LIMIT))
            self.send_header("X-Pagination-Page-Count", str(-(-count // LIMIT)))
            self.send_header("X-Pagination-Item-Count", str(count))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    pipe.send(f"http://127.0.0.1:{server.server_address[1]}")
    server.serve_forever()


@contextmanager
def serving(entries: int) -> Iterator[str]:
    """Serve a history of that many entries from a process of its own; the URL."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(entries, there), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        process.terminate()
        process.join()
