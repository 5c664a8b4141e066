"""A Trakt server on a real port. It has pages and limits like Trakt, and fails when a test wants it to."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

Item = dict[str, Any]


@dataclass
class FakeTrakt:
    """The content and the behaviour of the server.

    Args:
        lists: the items of each list, by path.
        faults: the faults of the next GETs, one for each. An empty text is no fault.
        on_page: called before a page is made, with the account, the path and the page number.
        device: the statuses of the next polls of a device login.
        details: films by id.
        etags: "whole", or "bare" for a 304 without the headers of pagination. An empty text turns ETags off.
        hold: releases the requests with the fault "hold".
        requested: every GET.
        log: every answer.
    """

    lists: dict[str, list[Item]] = field(default_factory=dict)
    settings: Item = field(
        default_factory=lambda: {
            "user": {"username": "Ann", "ids": {"slug": "ann"}},
            "account": {"timezone": "Europe/Berlin"},
        }
    )
    activities: Item = field(
        default_factory=lambda: {
            name: {"watched_at": "2026-01-01T00:00:00.000Z"} for name in ("movies", "shows", "seasons", "episodes")
        }
    )
    max_page_size: int = 250
    count_offset: int = 0
    faults: list[str] = field(default_factory=list)
    on_page: Callable[["FakeTrakt", str, int], None] = lambda account, path, page: None
    access: str = "access-0"
    refresh: str = "refresh-0"
    device: list[int] = field(default_factory=list)
    details: dict[str, Item] = field(default_factory=dict)
    etags: str = ""
    hold: Event = field(default_factory=Event)
    interval: int = 5
    expires_in: int = 86400
    log: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)
    gets: int = 0
    url: str = ""
    lock: Lock = field(default_factory=Lock)

    def times(self) -> dict[str, list[str]]:
        """Return the map of plays that `extended=min` returns."""
        times: dict[str, list[str]] = {}
        for item in self.lists.get("/sync/history/movies", []):
            if "movie" in item:
                times.setdefault(str(item["movie"]["ids"]["trakt"]), []).append(item["watched_at"])
        for item in self.lists.get("/sync/watched/movies", []):
            times.setdefault(str(item["movie"]["ids"]["trakt"]), []).append(item["last_watched_at"])
        return times

    def pages(self) -> list[str]:
        """Return the pages that were requested and answered."""
        return [line for line in self.log if "page=" in line]


class Handler(BaseHTTPRequestHandler):
    """The handler of a connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # otherwise each answer on a kept connection is 40 ms late
    account: FakeTrakt

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing."""

    def _send(self, status: int, content: Any, headers: dict[str, str] | None = None, *, cut: bool = False) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        headers = {"Content-Type": "application/json", **(headers or {})}
        if self.account.etags and status == 200 and self.command == "GET":
            headers["ETag"] = f'W/"{hashlib.md5(body).hexdigest()}"'
            if self.headers.get("If-None-Match") == headers["ETag"]:
                self.account.log.append(f"304 {self.path}")
                status, body = 304, b""
                headers = {k: v for k, v in headers.items() if self.account.etags != "bare" or k == "ETag"}
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if cut:
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
        else:
            self.wfile.write(body)

    def _drip(self) -> None:
        """Send an endless answer byte by byte, until the client closes the connection."""
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        self.close_connection = True
        try:
            while not self.account.hold.wait(0.05):
                self.wfile.write(b" ")
        except OSError:
            pass

    def do_GET(self) -> None:
        """Answer with a list, the settings or a fault."""
        account, url = self.account, urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        with account.lock:
            account.gets += 1
            account.requested.append(self.path)
            fault = account.faults.pop(0) if account.faults else ""
        if fault == "hold":
            account.log.append("held")
            account.hold.wait(100)
        if fault == "drip":
            self._drip()
        elif fault == "429-bare":
            self._send(429, b"<html>slow down</html>")
        elif fault.startswith("429"):
            html = fault == "429-html"
            limit = '{"name":"X","period":300,"limit":500,"remaining":0,"until":"2026-01-01T00:00:00Z"}'
            headers = {"Retry-After": "0.01"} | ({"Content-Type": "text/html"} if html else {"X-Ratelimit": limit})
            self._send(429, b"<html>slow down</html>" if html else {}, headers)
        elif fault.isdigit():
            self._send(int(fault), {})
        elif not self.headers.get("User-Agent", "").startswith("cinestream-trakt/"):
            self._send(403, b"<html>who are you?</html>")
        elif self.headers.get("trakt-api-version") != "2" or self.headers.get("trakt-api-key") != "key":
            self._send(403, {})
        elif self.headers.get("Authorization") != f"Bearer {account.access}":
            self._send(401, {})
        elif url.path == "/sync/last_activities":
            account.log.append(url.path)
            self._send(200, account.activities)
        elif url.path == "/users/settings":
            self._send(200, account.settings)
        elif url.path.startswith("/movies/"):
            account.log.append(self.path)
            film = account.details.get(url.path.removeprefix("/movies/"))
            self._send(200 if film else 404, film or {}, cut=fault == "cut")
        elif query.get("extended") == "min":
            self._send(200, account.times())
        else:
            self._page(url.path, query, cut=fault == "cut")

    def _page(self, path: str, query: dict[str, str], *, cut: bool) -> None:
        account, number = self.account, int(query.get("page", "1"))
        account.on_page(account, path, number)
        limit = min(int(query.get("limit", "100")), account.max_page_size)
        items = [item for item in account.lists.get(path, []) if _in_time(item, query)]
        headers = {
            "X-Pagination-Page": str(number),
            "X-Pagination-Limit": str(limit),
            "X-Pagination-Page-Count": str(-(-len(items) // limit)),
            "X-Pagination-Item-Count": str(len(items) + account.count_offset),
        }
        if not cut:
            account.log.append(f"{path}?page={number}&limit={limit}")
        self._send(200, items[(number - 1) * limit : number * limit], headers, cut=cut)

    def do_POST(self) -> None:
        """Answer requests for logins and tokens."""
        account = self.account
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        account.log.append(self.path)
        if self.path == "/oauth/device/code":
            code = {"device_code": "d", "user_code": "ABCD", "verification_url": "https://x/activate"}
            self._send(200, {**code, "expires_in": 600, "interval": account.interval})
        elif self.path == "/oauth/device/token":
            status = account.device.pop(0)
            self._send(status, self._token() if status == 200 else {})
        elif self.path == "/oauth/revoke":
            self._send(200, {})
        elif body["refresh_token"] == account.refresh:
            self._send(200, self._token())
        else:
            self._send(400, {"error": "invalid_grant"})

    def _token(self) -> Item:
        account = self.account
        number = int(account.access.rpartition("-")[2]) + 1
        account.access, account.refresh = f"access-{number}", f"refresh-{number}"
        return {
            "access_token": account.access,
            "refresh_token": account.refresh,
            "token_type": "bearer",
            "scope": "public",
            "expires_in": account.expires_in,
            "created_at": 2_000_000_000,
        }


def _in_time(item: Any, query: dict[str, str]) -> bool:
    """Return True if an item is between `start_at` and `end_at`."""
    at = str(item.get("watched_at") or "") if isinstance(item, dict) else ""
    return not at or query.get("start_at", at) <= at <= query.get("end_at", at)


class _Server(ThreadingHTTPServer):
    daemon_threads, block_on_close = True, False

    def handle_error(self, *_: object) -> None:
        """Print nothing: the client may hang up, and standard error belongs to the command under test."""


@contextmanager
def serving(
    account: FakeTrakt, host: str = "127.0.0.1", port: int = 0, *, tls: SSLContext | None = None
) -> Iterator[FakeTrakt]:
    """Run the server. The address is in the `url` of the account."""
    handler = type("FakeTraktHandler", (Handler,), {"account": account})
    with _Server((host, port), handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        account.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield account
        finally:
            server.shutdown()
            thread.join()


def movie(number: int, title: str = "", *, tmdb: bool = True) -> Item:
    """Return a film."""
    ids = {"trakt": number, "slug": f"film-{number}", "imdb": f"tt{number:07}", "tmdb": number if tmdb else None}
    return {"title": title or f"Film {number}", "year": 1900 + number % 120, "ids": ids}


def play(id: int, film: Item, at: str, action: str = "watch") -> Item:
    """Return a play of a film."""
    return {"id": id, "watched_at": at, "action": action, "type": "movie", "movie": film}
