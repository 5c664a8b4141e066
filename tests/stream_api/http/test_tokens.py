"""The API with access tokens."""

import httpx2
import pytest
from tests.stream_api.serving import STREAM, serving

from cinestream.bus.jetstream import Bus
from cinestream_stream_api.settings import StreamSettings

pytestmark = pytest.mark.anyio
TOKENS = "first-secret, second-secret"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic first-secret"},
        {"Cookie": "cinestream_token=wrong"},
        {"Cookie": ";;=,\"'"},
        {"Authorization": "Bearer ütf"},
    ],
)
async def test_without_a_token_the_api_is_closed(stream_bus: Bus, headers: dict[str, str]) -> None:
    """Each endpoint of the API answers 401. The web page and the health endpoints stay open."""
    raw = httpx2.Headers(headers, encoding="utf-8")
    async with serving(stream_bus, stream_tokens=TOKENS) as api:
        for path in (STREAM, "/api/movies/tt0000001", "/api/movies", "/api/stats"):
            answer = await api.client.get(path, headers=raw)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
            assert answer.headers["content-type"] == "application/problem+json"
        assert (await api.client.get("/", headers=raw)).status_code == 200


async def test_either_token_is_accepted_in_header_or_cookie(stream_bus: Bus) -> None:
    """A program sends the header. A browser's EventSource can only send the cookie."""
    async with serving(stream_bus, stream_tokens=TOKENS) as api:
        async with api.stream(Authorization="Bearer second-secret") as stream:
            assert (await anext(stream)).name == "position"
        async with api.stream(Cookie="a=b; cinestream_token=first-secret") as stream:
            assert (await anext(stream)).name == "position"


def test_tokens_are_not_shown() -> None:
    """The printed settings mask the tokens."""
    settings = StreamSettings(stream_tokens=TOKENS)
    assert "secret" not in str(settings.model_dump(mode="json")["stream_tokens"])
    assert settings.tokens == ["first-secret", "second-secret"]
