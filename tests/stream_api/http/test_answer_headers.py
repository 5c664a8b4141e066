"""The security headers of every answer, and the privacy of the API with tokens."""

import pytest
from tests.stream_api.serving import STREAM, Api, serving

from cinestream.bus.jetstream import Bus
from cinestream_stream_api.http.answer_headers import STRICT

pytestmark = pytest.mark.anyio
PAGES = ("/", "/docs", "/page/app.js", "/page/style.css", "/favicon.ico")
OTHERS = (
    ("GET", "/api/movies", 200),
    ("GET", "/api/stats", 200),
    ("GET", "/api/movies/tt0000001", 404),
    ("GET", "/api/movies/nonsense", 400),
    ("GET", "/api/directors/nobody", 404),
    ("GET", f"{STREAM}?genres=War", 400),
    ("GET", "/openapi.json", 200),
    ("GET", "/asyncapi.json", 200),
    ("GET", "/robots.txt", 200),
    ("GET", "/livez", 200),
    ("GET", "/readyz", 200),
    ("GET", "/nothing", 404),
    ("GET", "/page/nothing", 404),
    ("GET", "/docs/assets/swagger-ui.css", 200),
    ("POST", STREAM, 405),
    ("POST", "/page/app.js", 405),
    ("HEAD", STREAM, 200),
)
"""Addresses with the status of their answer."""


async def answers(api: Api, *, accept: str = "text/event-stream") -> None:
    """Check that each answer has each header once, and that only pages have a policy of their own."""
    for method, path, status in (*(("GET", path, 200) for path in PAGES), *OTHERS):
        answer = await api.client.request(method, path, headers={"Accept": accept})
        assert answer.status_code == status, path
        names = [name for name, _ in answer.headers.raw]
        assert len({name.lower() for name in names}) == len(names), (path, answer.headers)
        (policy,) = answer.headers.get_list("content-security-policy")
        assert (policy == STRICT) is (status != 200 or path not in PAGES), path
        assert "unsafe" not in policy


async def test_every_answer_has_its_policy_once(stream_bus: Bus) -> None:
    """Pages may load their own files, and everything else may load nothing."""
    async with serving(stream_bus, stream_cors_origins="https://friend.example") as api:
        await answers(api)
        async with api.client.stream("GET", STREAM) as stream:
            assert stream.headers.get_list("content-security-policy") == [STRICT]
        refused = await api.client.get(STREAM, headers={"Accept": "text/html"})
        assert (refused.status_code, refused.headers["content-security-policy"]) == (406, STRICT)


async def test_answers_behind_tokens_are_private(stream_bus: Bus) -> None:
    """No cache may keep them, and they differ by token. Streams also stay as they are. Pages are public."""
    token = {"Authorization": "Bearer secret"}
    async with serving(stream_bus, stream_tokens="secret") as api:
        for path in ("/api/stats", "/api/movies", "/api/movies/tt0000001", "/api/nothing"):
            for headers in ({}, token):
                answer = await api.client.get(path, headers=headers)
                assert answer.headers.get_list("cache-control") == ["private, no-store"]
                assert answer.headers.get_list("vary") == ["Authorization, Cookie"]
        async with api.client.stream("GET", STREAM, headers=token) as stream:
            assert stream.headers.get_list("cache-control") == ["private, no-store, no-transform"]
            assert stream.headers.get_list("vary") == ["Accept, Authorization, Cookie"]
        page = await api.client.get("/")
        assert (page.headers["cache-control"], "vary" in page.headers) == ("no-cache", False)
