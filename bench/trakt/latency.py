"""A Trakt without limits that takes 100 ms for each answer, as a distant one does, and knows ETags."""

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import urlsplit

LATENCY = 0.1


def content(path: str) -> Any:
    """What is at an address: films with an overview, settings, activities, and lists of 100 films."""
    if path.startswith("/movies/"):
        id = int(path.rpartition("/")[2])
        return {
            "title": f"Film {id}",
            "year": 1990,
            "ids": {"trakt": id, "tmdb": id},
            "overview": "A long story. " * 60,
        }
    if path == "/users/settings":
        return {"user": {"username": "a"}, "account": {"timezone": "Europe/Berlin"}}
    if path == "/sync/last_activities":
        return {"all": "2026-01-01T00:00:00.000Z", "movies": {"watched_at": "2026-01-01T00:00:00.000Z"}}
    return [{"rating": 5, "type": "movie", "movie": {"title": f"Film {n}", "ids": {"trakt": n}}} for n in range(100)]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        time.sleep(LATENCY)
        path = urlsplit(self.path).path
        body = json.dumps(content(path)).encode()
        etag = f'W/"{hashlib.sha256(body).hexdigest()}"'
        known = self.headers.get("If-None-Match") == etag
        self.send_response(304 if known else 200)
        self.send_header("ETag", etag)
        if isinstance(content(path), list):
            for name, value in (("Limit", 250), ("Page-Count", 1), ("Item-Count", 100)):
                self.send_header(f"X-Pagination-{name}", str(value))
        self.send_header("Content-Length", str(0 if known else len(body)))
        self.end_headers()
        self.wfile.write(b"" if known else body)


def _serve(pipe: Connection) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    pipe.send(f"http://127.0.0.1:{server.server_address[1]}")
    server.serve_forever()


@contextmanager
def serving() -> Iterator[str]:
    """Serve from a process of its own; the URL."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there,), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        process.terminate()
        process.join()
