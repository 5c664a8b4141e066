"""The check of host names."""

import pytest
from tests.shared.runtime.http.test_protocol import get
from tests.shared.runtime.http.tiny_server import serving

from cinestream.runtime.http import HostRule

pytestmark = pytest.mark.anyio

RULE = HostRule(["Films.example.", "*.films.example"], "CINESTREAM_TEST_HOSTS")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:3000",
        "192.0.2.7:80",
        "[::1]",
        "[::1]:3000",
        "[2001:DB8::1]:443",
        "localhost",
        "LocalHost:3000",
        "localhost.",
        "localhost.:3000",
        "cinestream.localhost:3000",
        "films.example",
        "FILMS.example.:443",
        "www.films.example",
        "localhost:",
        "",
    ],
)
def test_addresses_loopback_names_and_set_names_are_allowed(host: str) -> None:
    """The port, the case and a trailing dot do not matter."""
    assert RULE.allows(host)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "notfilms.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example:3000",
        "localhost:3000@evil.example",
        "localhost@evil.example",
        "localhost:evil",
        "[::1]evil",
        "[::1",
        "[evil.example]",
        "evil.example, localhost",
        "localhost..",
        ".localhost.evil.example",
        "*",
        ":3000",
        "localhost/",
        "²",
    ],
)
def test_other_names_are_not_allowed(host: str) -> None:
    """A name that only contains an allowed one is another name."""
    assert not RULE.allows(host)


def test_a_star_allows_every_name() -> None:
    """The check can be disabled."""
    assert HostRule(["*"], "X").allows("evil.example")


async def test_a_refusal_names_the_setting() -> None:
    """The answer is a 421 with problem details, and the connection stays open for another request."""
    async with serving() as served:
        client = await served.connect()
        await client.send(get("/", host="evil.example"))
        answer = await client.answer()
        assert (answer.status, answer["content-type"]) == (421, "application/problem+json")
        assert b"'evil.example' is not allowed" in answer.body
        assert b"CINESTREAM_TEST_HOSTS" in answer.body
        await client.send(get("/"))
        assert (await client.answer()).status == 200
        assert served.app.seen == ["/"]


TARGETS = [
    ("http://evil.example/", "localhost", 421),
    ("http://evil.example", "localhost", 421),
    ("http://localhost/", "evil.example", 200),
    ("http://[::1]:3000/", "evil.example", 200),
    ("http://localhost?x=1", "localhost", 200),
    ("*", "localhost", 400),
    ("localhost:80", "localhost", 400),
]
REQUESTS = [
    (get("/", host=""), 400),
    (get("/", "Host: localhost"), 400),
    (get("/", "host: evil.example"), 400),
    (get("/", host="", version="1.0"), 200),
    (get("/", host="evil.example", version="1.0"), 421),
    (get("/", "Host:", host=""), 200),
]


async def test_the_host_of_a_whole_url_counts() -> None:
    """A request for a whole URL names its host there, and the header is ignored (RFC 9112, 3.2.2)."""
    async with serving() as served:
        for target, host, status in TARGETS:
            assert (await served.ask(get(target, host=host))).status == status, target
        assert served.app.seen == ["/"] * 3


async def test_http_1_1_needs_one_host() -> None:
    """RFC 9112, 3.2: a request with several hosts, or HTTP/1.1 without one, is answered 400."""
    async with serving() as served:
        for request, status in REQUESTS:
            assert (await served.ask(request)).status == status, request
