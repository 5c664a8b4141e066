"""Proxies, connections that are reused or cut, and damaged responses."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from tests.ports import free_port
from tests.trakt_export.server import FakeTrakt, movie

from cinestream_trakt_export.settings import Performance, TraktSettings
from cinestream_trakt_export.trakt.client import connected
from cinestream_trakt_export.trakt.connections import proxy_for
from cinestream_trakt_export.trakt.errors import ServerFault, TraktError

pytestmark = pytest.mark.anyio
PATH = "/users/settings"


class Odd(BaseHTTPRequestHandler):
    """A server of faulty responses. The path selects the fault. A proxy gets the whole address as the path."""

    protocol_version = "HTTP/1.1"
    requests: list[str]

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""

    def do_GET(self) -> None:
        """Send the response of the path."""
        self.requests.append(f"{self.client_address[1]} {self.path}")
        if self.path.endswith("/hang-up"):
            self.close_connection = True
            return
        if self.path.endswith("/moved"):
            self.send_response(302)
            self.send_header("Location", "/users/settings")
            body = b""
        elif self.path.endswith("/packed"):
            self.send_response(200)
            self.send_header("Content-Encoding", "gzip")
            body = b"this is no gzip"
        else:
            self.send_response(200)
            body = b'{"by": "proxy"}'
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def odd() -> Iterator[tuple[str, list[str]]]:
    """Yield the address of such a server, and its requests."""
    requests: list[str] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), type("OddHandler", (Odd,), {"requests": requests})) as server:
        server.daemon_threads, server.block_on_close = True, False
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", requests
        server.shutdown()
        thread.join()


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Yield an environment without proxies."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    proxy_for.cache_clear()
    yield monkeypatch
    proxy_for.cache_clear()


def at(url: str, settings: TraktSettings, **changes: float) -> TraktSettings:
    """Return the settings with another address of Trakt."""
    performance = Performance(rate_limit_per_sec=1000, **changes)
    return settings.model_copy(update={"api": settings.api.model_copy(update={"url": url, "performance": performance})})


async def test_the_proxy_of_the_environment_is_used(
    odd: tuple[str, list[str]], settings: TraktSettings, environment: pytest.MonkeyPatch
) -> None:
    """The proxy gets the whole address. Hosts of `no_proxy` are reached directly."""
    proxy, requests = odd
    environment.setenv("http_proxy", proxy)
    async with connected(at("http://trakt.invalid", settings)) as client:
        assert (await client.once(PATH)).content == {"by": "proxy"}
    assert requests[0].endswith(" http://trakt.invalid/users/settings")
    environment.setenv("no_proxy", "127.0.0.1")
    proxy_for.cache_clear()
    async with connected(settings) as client:
        assert "user" in (await client.once(PATH)).content
    assert len(requests) == 1


@pytest.mark.parametrize(
    ("variables", "url", "proxy"),
    [
        ({}, "https://api.trakt.tv", None),
        ({"https_proxy": "http://p:1"}, "https://api.trakt.tv", "http://p:1"),
        ({"https_proxy": "p:1"}, "https://api.trakt.tv", "http://p:1"),
        ({"http_proxy": "http://p:1"}, "https://api.trakt.tv", None),
        ({"ALL_PROXY": "http://p:1"}, "https://api.trakt.tv", "http://p:1"),
        ({"ALL_PROXY": "http://p:1", "no_proxy": "trakt.tv"}, "https://api.trakt.tv", None),
        ({"https_proxy": "http://p:1", "no_proxy": "*"}, "https://api.trakt.tv", None),
    ],
)
def test_the_environment_names_the_proxy(
    environment: pytest.MonkeyPatch, variables: dict[str, str], url: str, proxy: str | None
) -> None:
    """A variable is for a scheme or for all. `no_proxy` names the end of host names."""
    for name, value in variables.items():
        environment.setenv(name, value)
    assert proxy_for(url) == proxy


async def test_connections_are_reused(odd: tuple[str, list[str]], settings: TraktSettings) -> None:
    """Three requests use one connection."""
    url, requests = odd
    async with connected(at(url, settings)) as client:
        for _ in range(3):
            await client.once(PATH)
    assert len(requests) == 3
    assert len({line.split()[0] for line in requests}) == 1


@pytest.mark.parametrize("path", ["/hang-up", "/packed"])
async def test_a_damaged_response_is_a_network_fault(
    odd: tuple[str, list[str]], settings: TraktSettings, path: str
) -> None:
    """The server hangs up, or the body cannot be decompressed."""
    async with connected(at(odd[0], settings)) as client:
        with pytest.raises(ServerFault) as caught:
            await client.once(path)
    assert caught.value.fault == "network"


async def test_a_redirect_is_not_followed(odd: tuple[str, list[str]], settings: TraktSettings) -> None:
    """Trakt's API has no redirects. The login must not go to another host."""
    url, requests = odd
    async with connected(at(url, settings)) as client:
        with pytest.raises(TraktError, match="302"):
            await client.once("/moved")
    assert len(requests) == 1


async def test_a_closed_port_is_a_network_fault(trakt: FakeTrakt, settings: TraktSettings) -> None:
    """No server listens there."""
    async with connected(at(f"http://127.0.0.1:{free_port()}", settings)) as client:
        with pytest.raises(ServerFault) as caught:
            await client.once(PATH)
    assert caught.value.fault == "network"


async def test_a_missing_response_is_a_timeout(trakt: FakeTrakt, settings: TraktSettings) -> None:
    """The time limit is `request_timeout` without a byte."""
    trakt.faults = ["hold"]
    try:
        async with connected(at(trakt.url, settings, request_timeout=1)) as client:
            with pytest.raises(ServerFault) as caught:
                await client.once(PATH)
    finally:
        trakt.hold.set()
    assert caught.value.fault == "timeout"


async def test_ids_are_encoded(trakt: FakeTrakt, settings: TraktSettings) -> None:
    """Letters of other scripts are not lost."""
    trakt.details["am%C3%A9lie-2001"] = movie(1)
    async with connected(settings) as client:
        assert (await client.once("/movies/amélie-2001")).content["title"] == "Film 1"
