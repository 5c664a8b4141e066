"""The host names that the API answers to."""

import pytest
from tests.stream_api.serving import serving

from cinestream.bus.jetstream import Bus

pytestmark = pytest.mark.anyio

PATHS = ["/", "/livez", "/api/movies", "/api/movies/stream"]


async def test_a_foreign_host_is_refused(stream_bus: Bus) -> None:
    """The answer to every path is a 421 that names the setting."""
    async with serving(stream_bus, stream_allowed_hosts="films.example") as api:
        for path in PATHS:
            answer = await api.client.get(path, headers={"Host": "evil.example"})
            assert (answer.status_code, answer.headers["content-type"]) == (421, "application/problem+json")
            assert "CINESTREAM_STREAM_ALLOWED_HOSTS" in answer.json()["detail"]
            assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
            assert (await api.client.head(path, headers={"Host": "films.example:80"})).status_code == 200


async def test_the_check_can_be_disabled(stream_bus: Bus) -> None:
    """`*` allows every name."""
    async with serving(stream_bus, stream_allowed_hosts="*") as api:
        assert (await api.client.get("/", headers={"Host": "evil.example"})).status_code == 200


async def test_no_answer_has_a_header_twice(stream_bus: Bus) -> None:
    """The headers of the server are not repeated by the routes, also not by the stream."""
    async with serving(stream_bus) as api:
        for path in [*PATHS, "/page/app.js", "/docs", "/openapi.json", "/nothing", "/api/movies/nothing"]:
            async with api.client.stream("GET", path, headers={"Accept": "*/*"}) as answer:
                names = [name.lower() for name, _ in answer.headers.raw]
                assert [name for name in names if names.count(name) > 1 and name != b"vary"] == []
                assert answer.headers["x-content-type-options"] == "nosniff"
                assert answer.headers["referrer-policy"] == "no-referrer"
                assert answer.headers["cross-origin-resource-policy"] == "same-origin"
                assert "content-security-policy" in answer.headers
                assert "server" not in answer.headers
