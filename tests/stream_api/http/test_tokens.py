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
    """Each endpoint of the API answers 401 and says how to send a token. The page and the health endpoints are open."""
    raw = httpx2.Headers(headers, encoding="utf-8")
    is_wrong = any("wrong" in value or "ütf" in value for value in headers.values())
    challenge = 'Bearer error="invalid_token"' if is_wrong else "Bearer"
    async with serving(stream_bus, stream_tokens=TOKENS) as api:
        for path in (STREAM, "/api/movies/tt0000001", "/api/movies", "/api/stats"):
            answer = await api.client.get(path, headers=raw)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, challenge)
            assert all(way in answer.json()["detail"] for way in ("Authorization: Bearer", "POST /session"))
            assert answer.headers["content-type"] == "application/problem+json"
        for path in ("/", "/docs", "/livez"):
            assert (await api.client.get(path, headers=raw)).status_code == 200


async def test_either_token_is_accepted_in_header_or_cookie(stream_bus: Bus) -> None:
    """A program sends the header. A browser's EventSource can only send the cookie."""
    async with serving(stream_bus, stream_tokens=TOKENS) as api:
        async with api.stream(Authorization="Bearer second-secret") as stream:
            assert (await anext(stream)).name == "position"
        # Another program at the same host has set a cookie that is no RFC 6265.
        async with api.stream(Cookie='a={"b": "c"}; cinestream_token=first-secret') as stream:
            assert (await anext(stream)).name == "position"


async def test_the_documentation_shows_tokens_only_where_they_are_needed(stream_bus: Bus) -> None:
    """Without tokens, the OpenAPI document has no locks, no 401 and no sign-in."""
    for tokens, needed in (("", False), (TOKENS, True)):
        async with serving(stream_bus, stream_tokens=tokens) as api:
            document = (await api.client.get("/openapi.json")).json()
        assert ("securitySchemes" in document["components"]) is needed
        assert ("security" in document) is needed
        assert ("/session" in document["paths"]) is needed
        assert ("401" in document["paths"]["/api/stats"]["get"]["responses"]) is needed


@pytest.mark.parametrize("tokens", ["schlüssel", "good, b\tad", "\x7f"])
def test_a_token_that_no_header_carries_is_refused(tokens: str) -> None:
    """The service does not start with a token that its clients could not send."""
    with pytest.raises(ValueError, match="a header cannot carry such a token"):
        StreamSettings(stream_tokens=tokens)


def test_tokens_are_not_shown() -> None:
    """The printed settings mask the tokens."""
    settings = StreamSettings(stream_tokens=TOKENS)
    assert "secret" not in str(settings.model_dump(mode="json")["stream_tokens"])
    assert settings.tokens == ["first-secret", "second-secret"]
