"""A Trakt server without rate limits that takes 100 ms per response, like a distant one, and supports ETags."""

import hashlib
import json
import time
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlsplit

from bench.trakt.server_process import Handler, serve

LATENCY_SECONDS = 0.1


def content(path: str) -> Any:
    """Return the JSON at a path: a film with an overview, settings, activities, or a list of 100 films."""
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


class DistantHandler(Handler):
    """Answers every request after `LATENCY_SECONDS`."""

    def do_GET(self) -> None:  # noqa: N802 (the name that http.server calls)
        """Send the content of a path, or 304 if the client's ETag fits."""
        time.sleep(LATENCY_SECONDS)
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


def _handler() -> type[Handler]:
    return DistantHandler


def serve_distant() -> AbstractContextManager[str]:
    """Serve while the block runs, and yield the URL."""
    return serve(_handler)
