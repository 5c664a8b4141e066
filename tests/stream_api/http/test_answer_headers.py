"""The security headers of every answer, and the privacy of the API with tokens."""

import httpx2
import pytest
from fastapi import FastAPI
from tests.stream_api.serving import STREAM, serving

from cinestream.bus.jetstream import Bus
from cinestream_stream_api.http.middleware.answer_headers import STRICT, AnswerHeaders
from cinestream_stream_api.http.problems import add_problems

pytestmark = pytest.mark.anyio
_FORM = "application/x-www-form-urlencoded"
PAGES = ("/", "/docs", "/page/app.js", "/page/style.css", "/favicon.ico")
COMMON = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}
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


def policy_of(answer: httpx2.Response) -> str:
    """Check that an answer has the common headers and no header twice. Return its content security policy."""
    names = [name.lower() for name, _ in answer.headers.raw]
    assert len(set(names)) == len(names), answer.headers
    assert answer.headers.items() >= COMMON.items()
    assert "server" not in answer.headers
    return answer.headers["content-security-policy"]


async def test_every_answer_has_its_headers_once(stream_bus: Bus) -> None:
    """Pages may load their own files, and everything else may load nothing."""
    async with serving(stream_bus, stream_cors_origins="https://friend.example") as api:
        for method, path, status in (*(("GET", path, 200) for path in PAGES), *OTHERS):
            answer = await api.client.request(method, path, headers={"Accept": "text/event-stream"})
            assert answer.status_code == status, path
            policy = policy_of(answer)
            assert (policy == STRICT) is (status != 200 or path not in PAGES), path
            assert "unsafe" not in policy
        async with api.client.stream("GET", STREAM) as stream:
            assert policy_of(stream) == STRICT
        preflight = {"Origin": "https://friend.example", "Access-Control-Request-Method": "GET"}
        for headers, status in (({"Accept": "text/html"}, 406), ({"Host": "stranger.example"}, 421), (preflight, 200)):
            answer = await api.client.request("OPTIONS" if status == 200 else "GET", STREAM, headers=headers)
            assert (answer.status_code, policy_of(answer)) == (status, STRICT)


async def test_answers_behind_tokens_are_private(stream_bus: Bus) -> None:
    """No cache may keep them, and they differ by token. Streams also stay as they are. Pages are public."""
    token = {"Authorization": "Bearer secret"}
    async with serving(stream_bus, stream_tokens="secret") as api:
        for path in ("/api/stats", "/api/movies", "/api/movies/tt0000001", "/api/nothing"):
            for headers in ({}, token):
                answer = await api.client.get(path, headers=headers)
                assert policy_of(answer) == STRICT
                assert answer.headers.get_list("cache-control") == ["private, no-store"]
                assert answer.headers.get_list("vary") == ["Authorization, Cookie"]
        async with api.client.stream("GET", STREAM, headers=token) as stream:
            assert stream.headers.get_list("cache-control") == ["private, no-store, no-transform"]
            assert stream.headers.get_list("vary") == ["Accept, Authorization, Cookie"]
        for content, status in (("token=secret", 204), ("token=wrong", 401), ("", 400)):
            answer = await api.client.post("/session", content=content, headers={"Content-Type": _FORM})
            assert answer.status_code == status
            assert answer.headers.get_list("cache-control") == ["private, no-store"]
            assert answer.headers.get_list("vary") == ["Authorization, Cookie"]
        page = await api.client.get("/")
        assert (page.headers["cache-control"], "vary" in page.headers) == ("no-cache", False)


async def test_internal_errors_have_them_too() -> None:
    """The framework answers these outside of its own middleware."""
    app = FastAPI()
    add_problems(app)

    @app.get("/api/fails")
    def fail() -> None:
        raise RuntimeError

    transport = httpx2.ASGITransport(AnswerHeaders(app, private=True), raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.get("/api/fails")
    assert (answer.status_code, answer.headers["content-security-policy"]) == (500, STRICT)
    assert answer.headers["cache-control"] == "private, no-store"
