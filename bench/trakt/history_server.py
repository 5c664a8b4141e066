"""A Trakt server without rate limits and latency, whose history has any number of entries."""

import json
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bench.trakt.server_process import Handler, serve

LIMIT = 250
"""Entries of a page."""


def page(number: int, entries: int, films: int) -> list[dict[str, Any]]:
    """Return a page of the history, newest entries first. Pages are numbered from 1."""
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


def watched_times(entries: int, films: int) -> dict[str, list[str]]:
    """Return the times of all plays by film, as Trakt sends them for `extended=min`."""
    found: dict[str, list[str]] = {}
    for id in range(1, entries + 1):
        found.setdefault(str(id % films + 1), []).append("2020-01-01T20:00:00.000Z")
    return found


def _handler(entries: int) -> type[Handler]:
    films = max(1, entries // 3)
    plays = json.dumps(watched_times(entries, films)).encode()
    settings = json.dumps({"user": {"username": "a"}, "account": {"timezone": "Europe/Berlin"}}).encode()

    class HistoryHandler(Handler):
        """Answers with pages of the history, with the account's settings, or with the times of all plays."""

        def do_GET(self) -> None:  # noqa: N802 (the name that http.server calls)
            url = urlsplit(self.path)
            query = parse_qs(url.query)
            count = entries if url.path == "/sync/history/movies" else 0
            body = settings if url.path == "/users/settings" else plays
            if "page" in query:
                body = json.dumps(page(int(query["page"][0]), count, films)).encode()
            self.send_response(200)
            self.send_header("X-Pagination-Limit", str(LIMIT))
            self.send_header("X-Pagination-Page-Count", str(-(-count // LIMIT)))
            self.send_header("X-Pagination-Item-Count", str(count))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return HistoryHandler


def serve_history(entries: int) -> AbstractContextManager[str]:
    """Serve a history of so many entries while the block runs, and yield the URL."""
    return serve(_handler, entries)
