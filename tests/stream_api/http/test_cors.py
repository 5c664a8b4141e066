"""The API read by other web sites, with and without cookies."""

from pathlib import Path

import httpx2
import pytest
from tests.nats_server import NatsServer
from tests.stream_api.server_process import Process
from tests.stream_api.serving import STREAM, serving

from cinestream.bus.jetstream import Bus

pytestmark = pytest.mark.anyio
FRIEND, STRANGER = "https://friend.example", "https://stranger.example"
COOKIE = {"Cookie": "cinestream_token=first-secret"}
TOKENS = "first-secret, second-secret"


def allowed(answer: httpx2.Response) -> tuple[str | None, str | None]:
    """Return the origin that the browser shows the answer to, and the permission for cookies."""
    return (
        answer.headers.get("access-control-allow-origin"),
        answer.headers.get("access-control-allow-credentials"),
    )


async def test_only_listed_sites_may_read(stream_bus: Bus) -> None:
    """By default no site may. A listed site may also resume and revalidate, and it can read errors."""
    async with serving(stream_bus) as api:
        assert allowed(await api.client.get("/livez", headers={"Origin": FRIEND})) == (None, None)
    async with serving(stream_bus, stream_cors_origins=f"https://other.example, {FRIEND}") as api:
        assert allowed(await api.client.get("/api/stats", headers={"Origin": FRIEND})) == (FRIEND, None)
        assert allowed(await api.client.get("/api/stats", headers={"Origin": STRANGER})) == (None, None)
        assert allowed(await api.client.get("/api/movies/tt1", headers={"Origin": FRIEND})) == (FRIEND, None)
        async with api.client.stream("GET", STREAM, headers={"Origin": FRIEND}) as stream:
            assert allowed(stream) == (FRIEND, None)
        wanted = "cache-control, if-none-match, last-event-id, x-requested-with"
        preflight_headers = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": wanted}
        assert (await api.client.options(STREAM, headers={"Origin": FRIEND} | preflight_headers)).status_code == 200
        assert (await api.client.options(STREAM, headers={"Origin": STRANGER} | preflight_headers)).status_code == 400


async def test_a_listed_site_may_use_the_cookie(stream_bus: Bus) -> None:
    """`EventSource` with `withCredentials` sends only cookies. A preflight carries no token and needs none."""
    async with serving(stream_bus, stream_tokens=TOKENS, stream_cors_origins=FRIEND) as api:
        async with api.client.stream("GET", STREAM, headers={"Origin": FRIEND} | COOKIE) as stream:
            assert (stream.status_code, allowed(stream)) == (200, (FRIEND, "true"))
        refused = await api.client.get(STREAM, headers={"Origin": FRIEND})
        assert (refused.status_code, allowed(refused)) == (401, (FRIEND, "true"))
        preflight_headers = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
        preflight = await api.client.options(STREAM, headers={"Origin": FRIEND} | preflight_headers)
        assert (preflight.status_code, allowed(preflight)) == (200, (FRIEND, "true"))


async def test_cookies_are_never_allowed_for_any_site(stream_bus: Bus) -> None:
    """With `*`, a browser must not give a user's answer to any site that the user visits."""
    async with serving(stream_bus, stream_tokens=TOKENS, stream_cors_origins="*") as api:
        for path in ("/api/stats", "/api/movies/tt0000001"):
            answer = await api.client.get(path, headers={"Origin": STRANGER} | COOKIE)
            assert answer.status_code != 401
            assert answer.headers.get("access-control-allow-credentials") is None


async def test_tokens_are_never_in_the_log(topology: NatsServer, tmp_path: Path) -> None:
    """At level debug, the log has neither a valid nor an invalid token, wherever it was sent."""
    settings = {
        "CINESTREAM_STREAM_TOKENS": TOKENS,
        "CINESTREAM_LOG_LEVEL": "debug",
        "CINESTREAM_STREAM_CORS_ORIGINS": FRIEND,
    }
    api = Process(topology, tmp_path / "stream-api.log", settings=settings)
    api.start()
    try:
        async with httpx2.AsyncClient(base_url=api.url, timeout=60) as client:
            for token in ("first-secret", "wrong-secret"):
                given = ({"Authorization": f"Bearer {token}"}, {"Cookie": f"cinestream_token={token}"})
                for headers in given:
                    for path in ("/api/stats", "/api/movies/nonsense", "/api/nowhere", "/nowhere"):
                        await client.get(path, headers=headers)
                await client.get(f"/api/stats?token={token}")
                await client.post("/session", json={"token": token})
                client.cookies.clear()
                async with client.stream("GET", STREAM, headers=given[0]):
                    pass
            topology.kill()
            answer = await client.get("/api/movies/tt0000001", headers={"Authorization": "Bearer first-secret"})
            assert answer.status_code == 503
        api.terminate()
    finally:
        api.kill()
    log = api.log.read_text()
    assert all(event in log for event in ("request.nats_unavailable", "token.refused", "session.refused"))
    assert "secret" not in log
