"""What lies between us and Trakt: proxies, connections that are kept or cut, and answers that cannot be unpacked."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from tests.ports import free_port
from tests.trakt_export.server import Account, movie

from cinestream_trakt_export.settings import Performance, TraktSettings
from cinestream_trakt_export.trakt.client import connected
from cinestream_trakt_export.trakt.connections import proxy_for
from cinestream_trakt_export.trakt.errors import ServerFault, TraktError

pytestmark = pytest.mark.anyio
PATH = "/users/settings"


class Odd(BaseHTTPRequestHandler):
    """Answers of a Trakt, or of a proxy, that are none: the path (in whole, as a proxy gets it) says which."""

    protocol_version = "HTTP/1.1"
    asked: list[str]

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer."""
        self.asked.append(f"{self.client_address[1]} {self.path}")
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
    """The address of such a server, and what it was asked."""
    asked: list[str] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), type("OddHandler", (Odd,), {"asked": asked})) as server:
        server.daemon_threads, server.block_on_close = True, False
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()
        thread.join()


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """An environment without proxies, which is read anew."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    proxy_for.cache_clear()
    yield monkeypatch
    proxy_for.cache_clear()


def at(url: str, settings: TraktSettings, **changes: float) -> TraktSettings:
    """The settings with Trakt at another address."""
    performance = Performance(rate_limit_per_sec=1000, **changes)
    return settings.model_copy(update={"api": settings.api.model_copy(update={"url": url, "performance": performance})})


async def test_the_proxy_of_the_environment_is_asked(
    odd: tuple[str, list[str]], settings: TraktSettings, environment: pytest.MonkeyPatch
) -> None:
    """With the whole address; but for hosts that are to be asked directly."""
    proxy, asked = odd
    environment.setenv("http_proxy", proxy)
    async with connected(at("http://trakt.invalid", settings)) as client:
        assert (await client.once(PATH)).content == {"by": "proxy"}
    assert asked[0].endswith(" http://trakt.invalid/users/settings")
    environment.setenv("no_proxy", "127.0.0.1")
    proxy_for.cache_clear()
    async with connected(settings) as client:
        assert "user" in (await client.once(PATH)).content
    assert len(asked) == 1


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
    """By the address's scheme, or one for all; exceptions are named by the end of the host's name."""
    for name, value in variables.items():
        environment.setenv(name, value)
    assert proxy_for(url) == proxy


async def test_connections_are_kept(odd: tuple[str, list[str]], settings: TraktSettings) -> None:
    """One question after the other goes over one connection."""
    url, asked = odd
    async with connected(at(url, settings)) as client:
        for _ in range(3):
            await client.once(PATH)
    assert len(asked) == 3
    assert len({line.split()[0] for line in asked}) == 1


@pytest.mark.parametrize("path", ["/hang-up", "/packed"])
async def test_what_comes_broken_is_a_fault_of_the_network(
    odd: tuple[str, list[str]], settings: TraktSettings, path: str
) -> None:
    """No answer at all, or one that cannot be unpacked."""
    async with connected(at(odd[0], settings)) as client:
        with pytest.raises(ServerFault) as caught:
            await client.once(path)
    assert caught.value.fault == "network"


async def test_a_redirect_is_not_followed(odd: tuple[str, list[str]], settings: TraktSettings) -> None:
    """Trakt's API has none: the login must not go where an answer points."""
    url, asked = odd
    async with connected(at(url, settings)) as client:
        with pytest.raises(TraktError, match="302"):
            await client.once("/moved")
    assert len(asked) == 1


async def test_nobody_there_is_a_fault_of_the_network(trakt: Account, settings: TraktSettings) -> None:
    """Where nothing listens."""
    async with connected(at(f"http://127.0.0.1:{free_port()}", settings)) as client:
        with pytest.raises(ServerFault) as caught:
            await client.once(PATH)
    assert caught.value.fault == "network"


async def test_an_answer_that_does_not_come_is_a_timeout(trakt: Account, settings: TraktSettings) -> None:
    """After `request_timeout` without a byte."""
    trakt.faults = ["hold"]
    try:
        async with connected(at(trakt.url, settings, request_timeout=1)) as client:
            with pytest.raises(ServerFault) as caught:
                await client.once(PATH)
    finally:
        trakt.hold.set()
    assert caught.value.fault == "timeout"


async def test_an_id_goes_as_it_is(trakt: Account, settings: TraktSettings) -> None:
    """Letters of other scripts are encoded, not lost."""
    trakt.details["am%C3%A9lie-2001"] = movie(1)
    async with connected(settings) as client:
        assert (await client.once("/movies/amélie-2001")).content["title"] == "Film 1"
